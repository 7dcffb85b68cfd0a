package io.caravanhub.hub.gateway;

import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.registry.Gateway;
import io.caravanhub.hub.tenant.TenantSettingsReader;
import java.util.regex.Pattern;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The devices behind a gateway, made where the tenant wants it so. Thread-safe. */
@Component
class GatewayDevices {
  /** Devices that one gateway may bring by itself. */
  private static final int MOST = 10_000;

  private static final String TYPE = "sensor";
  private static final Pattern SERIALS = Pattern.compile("[\\p{L}\\p{N}._:@ -]{1,128}");
  private static final String RESERVED = "asset:";

  private final DeviceDirectory directory;
  private final TenantSettingsReader settings;
  private final JdbcClient jdbc;

  GatewayDevices(DeviceDirectory directory, TenantSettingsReader settings, JdbcClient jdbc) {
    this.directory = directory;
    this.settings = settings;
    this.jdbc = jdbc;
  }

  /**
   * The device of this id or serial that the gateway may speak for.
   *
   * @throws UnusableMessageException when it is another's, or not there and not to be made
   */
  Device of(Gateway gateway, String name) {
    Device device = directory.find(gateway.tenant(), name).orElse(null);
    if (device == null && mayMake(gateway, name)) {
      make(gateway, name);
      device = directory.find(gateway.tenant(), name).orElse(null);
    }
    if (device == null) {
      throw refused(
          "unknown device \""
              + name
              + "\": register it with gateway_id "
              + gateway.serial()
              + ", or set auto_register of the tenant");
    }
    if (!gateway.speaksFor(device)) {
      throw refused("device \"" + name + "\" is not behind gateway \"" + gateway.serial() + "\"");
    }
    if (!device.isActive()) {
      throw refused("device \"" + name + "\" is " + device.status());
    }
    return device;
  }

  private boolean mayMake(Gateway gateway, String name) {
    return settings.of(gateway.tenant()).autoRegister()
        && SERIALS.matcher(name).matches()
        && !name.startsWith(RESERVED);
  }

  private void make(Gateway gateway, String serial) {
    TenantScope.run(
        gateway.tenant(),
        () ->
            jdbc.sql(
                    """
                    with made as (
                      insert into devices (tenant_id, serial, device_type, connection_type, gateway_id)
                      select hub_tenant(), :serial, :type, 'gateway', :gateway
                       where (select count(*) from devices where gateway_id = :gateway) < :most
                      on conflict do nothing returning id)
                    insert into audit (tenant_id, actor, verb, subject, after)
                    select hub_tenant(), 'gateway:' || :gateway, 'device.auto-register', 'device:' || id, jsonb_build_object('serial', :serial::text) from made\
                    """)
                .param("serial", serial)
                .param("type", TYPE)
                .param("gateway", gateway.id())
                .param("most", MOST)
                .update());
    directory.forget(gateway.tenant(), serial);
  }

  private static UnusableMessageException refused(String reason) {
    return new UnusableMessageException("device_id", reason);
  }
}
