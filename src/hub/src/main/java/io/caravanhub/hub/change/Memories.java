package io.caravanhub.hub.change;

import io.caravanhub.hub.database.Announcements;
import io.caravanhub.hub.devicetype.DeviceTypes;
import io.caravanhub.hub.limit.ReadingLimits;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.security.Tokens;
import io.caravanhub.hub.telemetry.MetricCatalog;
import io.caravanhub.hub.tenant.TenantSettingsReader;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * What is looked up once and then known, and which change of the database ends that, whichever hub
 * made it. What of it has several parts is written with tabs between them.
 */
@Component
final class Memories {
  private static final Executor SOON = CompletableFuture.delayedExecutor(1, TimeUnit.SECONDS);

  private final DeviceDirectory devices;
  private final MetricCatalog metrics;
  private final TenantSettingsReader settings;
  private final ReadingLimits limits;
  private final Set<String> limited = ConcurrentHashMap.newKeySet();

  Memories(
      Announcements announcements,
      DeviceDirectory devices,
      DeviceTypes types,
      MetricCatalog metrics,
      TenantSettingsReader settings,
      ReadingLimits limits,
      Tokens tokens) {
    this.devices = devices;
    this.metrics = metrics;
    this.settings = settings;
    this.limits = limits;
    announcements.listen("hub_devices", this::device, devices::forget);
    announcements.listen(
        "hub_gateways", tenant -> devices.forgetGateways(), devices::forgetGateways);
    announcements.listen("hub_device_types", types::heard, types::heard);
    announcements.listen("hub_metrics", this::metric, metrics::forget);
    announcements.listen("hub_tenants", this::tenant, this::tenants);
    announcements.listen(Tokens.TOPIC, tokens::heard, tokens::forget);
  }

  private void device(String tenantIdSerial) {
    String[] parts = tenantIdSerial.split("\t", -1);
    for (int i = 1; i < parts.length; i++) {
      devices.forget(parts[0], parts[i]);
    }
    // Its limits are read with those of all the tenant's devices: once for many that change.
    if (limited.add(parts[0])) {
      SOON.execute(
          () -> {
            limited.remove(parts[0]);
            limits.renew(parts[0]);
          });
    }
  }

  private void metric(String tenantAndKey) {
    String[] parts = tenantAndKey.split("\t", 2);
    metrics.forget(parts[0], parts[1]);
  }

  private void tenant(String tenant) {
    settings.forget(tenant);
    limits.renew(tenant);
  }

  private void tenants() {
    settings.forget();
    limits.renew();
  }
}
