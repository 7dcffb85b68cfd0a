package io.caravanhub.hub.devicetype;

import io.caravanhub.hub.database.TenantScope;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.CannotCreateTransactionException;

/**
 * The device types of every tenant, from memory: asked for every message. A change of this hub
 * counts at once, one of another hub after the next {@link #look}, a second later. Thread-safe.
 */
@Component("deviceTypes")
public class DeviceTypes {
  private static final Logger LOG = LoggerFactory.getLogger(DeviceTypes.class);

  private final JdbcClient jdbc;
  private final DeviceTypeRows rows;
  private final Map<String, Known> tenants = new ConcurrentHashMap<>();

  public DeviceTypes(JdbcClient jdbc, DeviceTypeRows rows) {
    this.jdbc = jdbc;
    this.rows = rows;
  }

  /** Types of a tenant as of a change of theirs. */
  private record Known(long change, Map<String, Profile> types) {}

  /** The type of this name, or null when the tenant has not described it. */
  public @Nullable Profile find(String tenant, String name) {
    Known known = tenants.get(tenant);
    if (known == null) {
      known = read(tenant);
      tenants.put(tenant, known);
    }
    return known.types.get(name);
  }

  /** To be called when a change of the tenant's types is committed. */
  public void forget(String tenant) {
    // Read before it replaces what was, that no message finds nothing.
    tenants.put(tenant, read(tenant));
  }

  /** Looks whether the types of any tenant have changed since they were read. */
  public void look() {
    Map<String, Long> now = new HashMap<>();
    try {
      jdbc.sql("select tenant_id, change from changed_device_types()")
          .query(
              row -> {
                now.put(row.getString(1), row.getLong(2));
              });
      tenants.forEach(
          (tenant, known) -> {
            if (known.change != now.getOrDefault(tenant, 0L)) {
              forget(tenant);
            }
          });
    } catch (DataAccessException | CannotCreateTransactionException e) {
      // The database is away: what is known stays in use, and others tell of it.
      LOG.debug("Device types are not looked at now", e);
    }
  }

  private Known read(String tenant) {
    return TenantScope.call(
        tenant,
        () -> {
          // The change first: one that comes between is met by the next look.
          long change =
              jdbc.sql("select change from device_type_changes")
                  .query(Long.class)
                  .optional()
                  .orElse(0L);
          return new Known(change, rows.profiles());
        });
  }
}
