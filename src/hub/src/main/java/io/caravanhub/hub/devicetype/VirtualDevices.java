package io.caravanhub.hub.devicetype;

import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.devicetype.Demultiplexing.Scope;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.tenant.TenantSettingsReader;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The devices behind the ids that a gateway's messages name: found in memory, and made where the
 * tenant wants it so. Thread-safe.
 */
@Component
class VirtualDevices {
  /** What an id may be. */
  static final String ID = "1 to 64 letters, digits or . _ : @ - and blanks";

  /** Virtual devices of one gateway. */
  static final int MOST = 10_000;

  private static final String RESERVED = "asset:";

  private static final Pattern IDS = Pattern.compile("[\\p{L}\\p{N}._:@ -]{1,64}");

  private final DeviceDirectory directory;
  private final DeviceTypes types;
  private final TenantSettingsReader settings;
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;

  VirtualDevices(
      DeviceDirectory directory,
      DeviceTypes types,
      TenantSettingsReader settings,
      JdbcClient jdbc,
      PlatformTransactionManager transactions) {
    this.directory = directory;
    this.types = types;
    this.settings = settings;
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
  }

  /**
   * What stands behind ids.
   *
   * @param devices by id
   * @param made ids whose devices are not there yet and would be made
   * @param refused why there is none, by id
   */
  record Found(Map<String, Device> devices, List<String> made, Map<String, String> refused) {}

  static boolean isId(String id) {
    return IDS.matcher(id).matches();
  }

  /** The serial of the virtual device with this id. */
  static String serial(Device gateway, Demultiplexing parts, String id) {
    return parts.scope() == Scope.TENANT ? id : gateway.serial() + ":" + id;
  }

  /**
   * Finds the devices, and makes those that are missing if they may be, as many as the gateway may
   * have.
   */
  Found findOrMake(Device gateway, Demultiplexing parts, Collection<String> ids) {
    Found found = find(gateway, parts, ids);
    if (found.made.isEmpty()) {
      return found;
    }
    List<String> over = TenantScope.call(gateway.tenant(), () -> make(gateway, parts, found.made));
    Found made = find(gateway, parts, ids);
    over.forEach(
        id ->
            made.refused.putIfAbsent(
                id, "a gateway may have " + MOST + " virtual devices, this would be one more"));
    return made;
  }

  /** Finds the devices and makes none. */
  Found find(Device gateway, Demultiplexing parts, Collection<String> ids) {
    boolean mayMake = !parts.ports().isEmpty() || settings.of(gateway.tenant()).autoRegister();
    return find(gateway, parts, ids, mayMake);
  }

  /** As above, of a gateway whose virtual devices may be made, or may not. */
  Found find(Device gateway, Demultiplexing parts, Collection<String> ids, boolean mayMake) {
    Map<String, String> serials = new LinkedHashMap<>();
    Found found = new Found(new HashMap<>(), new java.util.ArrayList<>(), new HashMap<>());
    for (String id : ids) {
      if (id.equals(gateway.serial()) || id.equals(gateway.id().toString())) {
        found.devices.put(id, gateway);
      } else if (!parts.ports().isEmpty() && !parts.ports().containsKey(id)) {
        found.refused.put(
            id,
            "expected one of the ports "
                + String.join(", ", parts.ports().keySet())
                + ", got \""
                + id
                + "\"");
      } else if (parts.scope() == Scope.TENANT && id.startsWith(RESERVED)) {
        found.refused.put(id, RESERVED + " begins the serials of devices that stand for assets");
      } else {
        serials.put(id, serial(gateway, parts, id));
      }
    }
    Map<String, Device> known = directory.findAll(gateway.tenant(), serials.values());
    serials.forEach(
        (id, serial) -> {
          Device device = known.get(serial);
          String refused = device == null ? null : refusal(gateway, parts, device);
          if (refused != null) {
            found.refused.put(id, refused);
          } else if (device != null) {
            found.devices.put(id, device);
          } else if (mayMake) {
            found.made.add(id);
          } else {
            found.refused.put(
                id,
                "unknown virtual device \""
                    + serial
                    + "\": register it with parent_id "
                    + gateway.serial()
                    + ", or set auto_register of the tenant");
          }
        });
    return found;
  }

  /** Whether this gateway may not speak for the device, and why. */
  private static @Nullable String refusal(Device gateway, Demultiplexing parts, Device device) {
    boolean own =
        parts.scope() == Scope.TENANT
            ? device.parent() != null && device.deviceType().equals(parts.deviceType())
            : gateway.id().equals(device.parent());
    if (!own) {
      return "device \""
          + device.serial()
          + "\" is not a virtual device of "
          + (parts.scope() == Scope.TENANT ? "type " + parts.deviceType() : gateway.serial());
    }
    return device.isActive() ? null : "device \"" + device.serial() + "\" is " + device.status();
  }

  /**
   * Makes devices.
   *
   * @return ids for whose devices there is no room
   */
  private List<String> make(Device gateway, Demultiplexing parts, List<String> missing) {
    return Objects.requireNonNull(
        transaction.execute(
            status -> {
              long there =
                  jdbc.sql("select count(*) from devices where parent_id = ?")
                      .params(gateway.id())
                      .query(Long.class)
                      .single();
              int room = (int) Math.max(0, Math.min(missing.size(), MOST - there));
              List<String> over = missing.subList(room, missing.size());
              if (room == 0) {
                return over;
              }
              List<String> ids = missing.subList(0, room);
              Map<String, List<String>> byType = new LinkedHashMap<>();
              for (String id : ids) {
                byType
                    .computeIfAbsent(
                        parts.ports().getOrDefault(id, parts.deviceType()),
                        type -> new java.util.ArrayList<>())
                    .add(id);
              }
              byType.forEach((type, some) -> insert(gateway, parts, type, some));
              jdbc.sql(
                      """
                  insert into audit (tenant_id, actor, verb, subject, after)
                  values (hub_tenant(), 'device:' || ?, 'device.auto-register', 'device:' || ?, jsonb_build_object('virtual_devices', to_jsonb(?::text[])))\
                  """)
                  .params(
                      gateway.id().toString(),
                      gateway.id().toString(),
                      ids.stream().limit(1_000).toArray(String[]::new))
                  .update();
              return over;
            }));
  }

  private void insert(Device gateway, Demultiplexing parts, String type, List<String> ids) {
    Profile profile = types.find(gateway.tenant(), type);
    Map<String, String> defaults =
        profile == null ? Map.of() : Objects.requireNonNull(profile.type().defaults());
    boolean ported = parts.scope() == Scope.GATEWAY;
    jdbc.sql(
            """
            insert into devices (tenant_id, serial, device_type, manufacturer, model, installation_location, connection_type, building_id, parent_id, port)
            select hub_tenant(), serial, ?, ?, ?, ?, 'virtual', ?, ?, port from unnest(?::text[], ?::text[]) v(serial, port)
            on conflict do nothing\
            """)
        .params(
            type,
            defaults.getOrDefault("manufacturer", ""),
            defaults.getOrDefault("model", ""),
            defaults.getOrDefault("installation_location", ""),
            defaults.get("building_id"),
            gateway.id(),
            ids.stream().map(id -> serial(gateway, parts, id)).toArray(String[]::new),
            ids.stream().map(id -> ported ? id : null).toArray(String[]::new))
        .update();
  }
}
