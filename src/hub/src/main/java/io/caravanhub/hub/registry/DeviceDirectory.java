package io.caravanhub.hub.registry;

import io.caravanhub.hub.database.TenantScope;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Finds a device by the hub's id or its serial, from memory on the hot path. What is found is
 * remembered until a change of the registry, also by another hub; after {@link #FOUND} it is looked
 * up anew in the background in any case. What is not found is remembered for {@link #MISSING}, so
 * that a storm of unknown ids does not reach the database. Thread-safe.
 */
@Component
public class DeviceDirectory implements DisposableBean {
  private static final Duration FOUND = Duration.ofSeconds(30);
  private static final Duration MISSING = Duration.ofSeconds(2);
  private static final int REMEMBERED_MAX = 200_000;
  private static final String SELECT =
      """
      select d.id, d.key, d.tenant_id, d.serial, d.device_type, d.manufacturer, d.model, d.mapping, d.gateway_id, d.status,
             d.parent_id,
             (select b.asset_id from bindings b where b.device_id = d.id and b.valid_to is null
                 and (b.port is null or not exists (select from devices p where p.parent_id = d.id and p.port = b.port))
               order by b.role <> 'primary', b.valid_from limit 1) as asset
        from devices d\
      """;

  private final JdbcClient jdbc;
  private final Map<Name, Remembered> remembered = new ConcurrentHashMap<>();
  private final Map<GatewayName, Long> gateways = new ConcurrentHashMap<>();
  private final Map<Name, Named> named = new ConcurrentHashMap<>();
  private final AtomicLong changes = new AtomicLong();
  private final ExecutorService renewals =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "device-directory");
            thread.setDaemon(true);
            return thread;
          });

  public DeviceDirectory(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  private record Named(Gateway gateway, long until) {}

  private record GatewayName(String tenant, String id, String name) {}

  private record Name(String tenant, String idOrSerial) {
    // What a record brings by itself is several times slower, and this is asked for every message.
    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Name that
          && idOrSerial.equals(that.idOrSerial)
          && tenant.equals(that.tenant);
    }

    @Override
    public int hashCode() {
      return 31 * tenant.hashCode() + idOrSerial.hashCode();
    }
  }

  private static final class Remembered {
    final @Nullable Device device;
    final long until;
    final AtomicBoolean renewing = new AtomicBoolean();

    Remembered(@Nullable Device device, long until) {
      this.device = device;
      this.until = until;
    }

    boolean isOverdue() {
      return until - System.nanoTime() < 0;
    }
  }

  /** The device of this tenant with this id or serial. */
  public Optional<Device> find(String tenant, String idOrSerial) {
    if (idOrSerial.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    Name name = new Name(tenant, idOrSerial);
    Remembered known = remembered.get(name);
    if (known == null || (known.device == null && known.isOverdue())) {
      known = ask(name);
    } else if (known.isOverdue() && known.renewing.compareAndSet(false, true)) {
      renew(name, known);
    }
    return Optional.ofNullable(known.device);
  }

  /**
   * The devices of this tenant with these serials, by serial; those that are not remembered are
   * asked for together.
   */
  public Map<String, Device> findAll(String tenant, Collection<String> serials) {
    Map<String, Device> found = new HashMap<>();
    List<String> unknown = new ArrayList<>();
    for (String serial : serials) {
      Remembered known = remembered.get(new Name(tenant, serial));
      if (known == null || known.device == null || known.isOverdue()) {
        unknown.add(serial);
      } else {
        found.put(serial, known.device);
      }
    }
    if (!unknown.isEmpty()) {
      askAll(tenant, unknown).forEach(device -> found.put(device.serial(), device));
    }
    return found;
  }

  private List<Device> askAll(String tenant, List<String> serials) {
    long asked = changes.get();
    List<Device> devices =
        TenantScope.call(
            tenant,
            () ->
                jdbc.sql(SELECT + " where d.serial = any(?)")
                    .params(new Object[] {serials.toArray(String[]::new)})
                    .query(DeviceDirectory::device)
                    .list());
    if (asked == changes.get() && remembered.size() + 2 * devices.size() < REMEMBERED_MAX) {
      long until = System.nanoTime() + FOUND.toNanos();
      for (Device device : devices) {
        // The writer asks by id.
        remembered.put(new Name(tenant, device.serial()), new Remembered(device, until));
        remembered.put(new Name(tenant, device.id().toString()), new Remembered(device, until));
      }
    }
    return devices;
  }

  private Remembered ask(Name name) {
    long asked = changes.get();
    Device device = TenantScope.<@Nullable Device>call(name.tenant, () -> query(name.idOrSerial));
    Duration keep = device == null ? MISSING : FOUND;
    Remembered found = new Remembered(device, System.nanoTime() + keep.toNanos());
    if (remembered.size() > REMEMBERED_MAX) {
      remembered.clear();
    }
    remembered.put(name, found);
    if (asked != changes.get()) {
      remembered.remove(name, found);
    }
    return found;
  }

  private void renew(Name name, Remembered known) {
    renewals.execute(
        () -> {
          try {
            ask(name);
          } catch (RuntimeException e) {
            // What was known stays in use; the next message asks again.
            known.renewing.set(false);
          }
        });
  }

  @Override
  public void destroy() {
    renewals.shutdownNow();
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

  /**
   * The active gateway of this tenant with this id or serial; remembered while the registry does
   * not change.
   */
  public Optional<Gateway> gateway(String tenant, String idOrSerial) {
    if (idOrSerial.indexOf('\0') >= 0) {
      return Optional.empty();
    }
    Name name = new Name(tenant, idOrSerial);
    Named known = named.get(name);
    if (known != null && known.until - System.nanoTime() > 0) {
      return Optional.of(known.gateway);
    }
    long asked = changes.get();
    Optional<Gateway> found =
        TenantScope.call(
            tenant,
            () ->
                jdbc.sql(
                        "select id, serial from gateways where ? in (id::text, serial) and status ="
                            + " 'active' limit 1")
                    .params(idOrSerial)
                    .query(
                        (row, n) ->
                            new Gateway(
                                row.getObject("id", UUID.class), tenant, row.getString("serial")))
                    .optional());
    if (found.isPresent() && asked == changes.get() && named.size() < REMEMBERED_MAX) {
      named.put(name, new Named(found.get(), System.nanoTime() + FOUND.toNanos()));
    }
    return found;
  }

  private boolean queryGateway(String tenant, String id, String name) {
    return TenantScope.call(
        tenant,
        () ->
            jdbc.sql(
                    "select exists (select from gateways where id::text = ? and ? in (id::text,"
                        + " serial) and status = 'active')")
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

  /** A device has been made or changed; what is known of all others stays. */
  public void forget(String tenant, String idOrSerial) {
    changes.incrementAndGet();
    remembered.remove(new Name(tenant, idOrSerial));
  }

  /** A gateway of some tenant has changed. */
  public void forgetGateways() {
    changes.incrementAndGet();
    gateways.clear();
    named.clear();
  }

  private void clear() {
    changes.incrementAndGet();
    remembered.clear();
    gateways.clear();
    named.clear();
  }

  private @Nullable Device query(String idOrSerial) {
    UUID id = asUuid(idOrSerial);
    return (id == null
            ? jdbc.sql(SELECT + " where d.serial = ?").params(idOrSerial)
            : jdbc.sql(SELECT + " where d.id = ? or d.serial = ? order by d.id <> ? limit 1")
                .params(id, idOrSerial, id))
        .query(DeviceDirectory::device)
        .optional()
        .orElse(null);
  }

  private static Device device(ResultSet row, int number) throws SQLException {
    return new Device(
        row.getObject("id", UUID.class),
        row.getInt("key"),
        row.getString("tenant_id"),
        row.getString("serial"),
        row.getString("device_type"),
        row.getString("manufacturer"),
        row.getString("model"),
        row.getString("mapping"),
        Device.modelMapping(row.getString("manufacturer"), row.getString("model")),
        row.getObject("gateway_id", UUID.class),
        row.getString("asset"),
        row.getString("status"),
        row.getObject("parent_id", UUID.class));
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
