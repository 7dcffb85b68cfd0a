package io.caravanhub.hub.asset;

import io.caravanhub.hub.registry.DeviceDirectory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The device that stands for an asset: what is derived is its telemetry, so that queries, rules and
 * console know it like any other. It has no token, is linked with its asset for good, and is made
 * when the asset first has something to say. Thread-safe.
 */
@Component
class AssetDevices {
  /** Its connection type, which no other device has. */
  static final String CONNECTION = "asset";

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final DeviceDirectory directory;
  private final Map<AssetKey, String> known = new ConcurrentHashMap<>();

  AssetDevices(
      JdbcClient jdbc, PlatformTransactionManager transactions, DeviceDirectory directory) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.directory = directory;
  }

  /** Its serial. */
  static String serial(String asset) {
    return "asset:" + asset;
  }

  /**
   * Its id, of the tenant in force.
   *
   * @throws IllegalStateException when another device has its serial
   */
  String of(AssetKey asset, String type) {
    String id = known.get(asset);
    if (id == null) {
      id = java.util.Objects.requireNonNull(transaction.execute(status -> make(asset, type)));
      known.put(asset, id);
      directory.forget(asset.tenant(), serial(asset.asset()));
    }
    return id;
  }

  private String make(AssetKey asset, String type) {
    String serial = serial(asset.asset());
    jdbc.sql(
            """
            insert into devices (tenant_id, serial, device_type, model, connection_type) values (hub_tenant(), ?, ?, ?, ?)
            on conflict (tenant_id, serial) do nothing\
            """)
        .params(serial, CONNECTION, type, CONNECTION)
        .update();
    String id =
        jdbc.sql("select id::text from devices where serial = ? and connection_type = ?")
            .params(serial, CONNECTION)
            .query(String.class)
            .optional()
            .orElseThrow(
                () -> new IllegalStateException("another device has the serial " + serial));
    jdbc.sql(
            """
            insert into bindings (tenant_id, device_id, asset_id, role, valid_from)
            select hub_tenant(), ?::uuid, ?, ?, '-infinity' where not exists (select from bindings where device_id = ?::uuid)\
            """)
        .params(id, asset.asset(), AssetLink.DERIVED, id)
        .update();
    return id;
  }
}
