package io.caravanhub.hub.registry;

import io.caravanhub.hub.database.TenantScope;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Finds a device by the hub's id or its serial, from memory on the hot path. What is found is
 * remembered until a change of the registry or {@link #FOUND}; what is not found for {@link
 * #MISSING}, so that a storm of unknown ids does not reach the database. Thread-safe.
 */
@Component
public class DeviceDirectory {
  private static final Duration FOUND = Duration.ofSeconds(30);
  private static final Duration MISSING = Duration.ofSeconds(2);
  private static final int REMEMBERED_MAX = 200_000;
  private static final String SELECT =
      """
      select d.id, d.key, d.tenant_id, d.serial, d.device_type, d.manufacturer, d.model, d.mapping, d.gateway_id, d.status,
             (select b.asset_id from bindings b where b.device_id = d.id and b.valid_to is null order by b.role <> 'primary', b.valid_from limit 1) as asset
        from devices d\
      """;

  private final JdbcClient jdbc;
  private final Map<Name, Remembered> remembered = new ConcurrentHashMap<>();
  private final Map<GatewayName, Long> gateways = new ConcurrentHashMap<>();
  private final AtomicLong changes = new AtomicLong();

  public DeviceDirectory(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  private record GatewayName(String tenant, String id, String name) {}

  private record Name(String tenant, String idOrSerial) {}

  private record Remembered(@Nullable Device device, long until) {}

  /** The device of this tenant with this id or serial. */
  public Optional<Device> find(String tenant, String idOrSerial) {
    if (idOrSerial.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    Name name = new Name(tenant, idOrSerial);
    Remembered known = remembered.get(name);
    if (known == null || known.until - System.nanoTime() < 0) {
      long asked = changes.get();
      Device device = TenantScope.<@Nullable Device>call(tenant, () -> query(idOrSerial));
      Duration keep = device == null ? MISSING : FOUND;
      known = new Remembered(device, System.nanoTime() + keep.toNanos());
      if (remembered.size() > REMEMBERED_MAX) {
        remembered.clear();
      }
      remembered.put(name, known);
      if (asked != changes.get()) {
        remembered.remove(name, known);
      }
    }
    return Optional.ofNullable(known.device);
  }

  /** Whether the gateway with this id is known under this name: its id or its serial. */
  public boolean isGateway(String tenant, String id, String name) {
    GatewayName asked = new GatewayName(tenant, id, name);
    Long until = gateways.get(asked);
    if (until != null && until - System.nanoTime() > 0) {
      return true;
    }
    long changed = changes.get();
    boolean found = queryGateway(tenant, id, name);
    if (found && changed == changes.get() && gateways.size() < REMEMBERED_MAX) {
      gateways.put(asked, System.nanoTime() + FOUND.toNanos());
    }
    return found;
  }

  private boolean queryGateway(String tenant, String id, String name) {
    return TenantScope.call(
        tenant,
        () ->
            jdbc.sql(
                    "select exists (select from gateways where id::text = ? and ? in (id::text, serial) and status = 'active')")
                .params(id, name)
                .query(Boolean.class)
                .single());
  }

  /**
   * To be called after any change of the registry; within a transaction it takes effect at once and
   * again after the commit, for until then others still read what was.
   */
  public void forget() {
    clear();
    if (TransactionSynchronizationManager.isSynchronizationActive()) {
      TransactionSynchronizationManager.registerSynchronization(
          new TransactionSynchronization() {
            @Override
            public void afterCommit() {
              clear();
            }
          });
    }
  }

  private void clear() {
    changes.incrementAndGet();
    remembered.clear();
    gateways.clear();
  }

  private @Nullable Device query(String idOrSerial) {
    UUID id = asUuid(idOrSerial);
    return (id == null
            ? jdbc.sql(SELECT + " where d.serial = ?").params(idOrSerial)
            : jdbc.sql(SELECT + " where d.id = ? or d.serial = ? order by d.id <> ? limit 1")
                .params(id, idOrSerial, id))
        .query(
            (row, n) ->
                new Device(
                    row.getObject("id", UUID.class),
                    row.getInt("key"),
                    row.getString("tenant_id"),
                    row.getString("serial"),
                    row.getString("device_type"),
                    row.getString("manufacturer"),
                    row.getString("model"),
                    row.getString("mapping"),
                    row.getObject("gateway_id", UUID.class),
                    row.getString("asset"),
                    row.getString("status")))
        .optional()
        .orElse(null);
  }

  private static @Nullable UUID asUuid(String text) {
    if (text.length() != 36) {
      return null;
    }
    try {
      return UUID.fromString(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
