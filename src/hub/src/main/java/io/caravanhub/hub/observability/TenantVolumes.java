package io.caravanhub.hub.observability;

import io.caravanhub.hub.telemetry.LatestValues;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/**
 * Readings stored by tenant: {@code hub_tenant_readings_total{tenant}} of those that send most, and
 * all the rest as {@code other}. A tenant that grows comes out of the rest and counts on by itself,
 * so that no series ever falls and rates are right; one gives way only to another that sends twice
 * as much.
 */
@Component
class TenantVolumes implements Figures {
  private static final String NAME = "hub.tenant.readings";
  private static final String OTHER = "other";
  private static final int MOST = 20;

  /** What is remembered of the volume so far at each look. */
  private static final double MEMORY = 0.8;

  private final LatestValues latest;
  private final MeterRegistry meters;
  private final int most;
  private final Map<String, Long> counted = new HashMap<>();
  private final Map<String, Double> volumes = new HashMap<>();
  private final Map<String, Counter> shown = new HashMap<>();
  private final Counter other;

  @Autowired
  TenantVolumes(LatestValues latest, MeterRegistry meters) {
    this(latest, meters, MOST);
  }

  /**
   * @param most tenants that have a series of their own
   */
  TenantVolumes(LatestValues latest, MeterRegistry meters, int most) {
    this.latest = latest;
    this.meters = meters;
    this.most = most;
    this.other = counter(OTHER);
  }

  private Counter counter(String tenant) {
    return Counter.builder(NAME)
        .description("Readings stored, by tenant; those of small tenants together as other")
        .tag("tenant", tenant)
        .register(meters);
  }

  @Override
  public void look() {
    Map<String, Long> fresh = new HashMap<>();
    latest
        .readingsByTenant()
        .forEach(
            (tenant, total) -> {
              Long before = counted.put(tenant, total);
              long more = total - (before == null ? 0 : before);
              fresh.put(tenant, more);
              volumes.merge(tenant, (1 - MEMORY) * more, (old, now) -> MEMORY * old + now);
            });
    choose();
    fresh.forEach((tenant, more) -> shown.getOrDefault(tenant, other).increment(more));
  }

  private void choose() {
    List<String> candidates = new ArrayList<>(volumes.keySet());
    candidates.removeAll(shown.keySet());
    // A tenant that is called so counts with the rest.
    candidates.remove(OTHER);
    candidates.sort(Comparator.comparingDouble(this::volume).reversed());
    for (String tenant : candidates) {
      if (shown.size() >= most) {
        String least = shown.keySet().stream().min(Comparator.comparingDouble(this::volume)).get();
        if (volume(tenant) <= 2 * volume(least)) {
          return;
        }
        meters.remove(shown.remove(least));
      }
      shown.put(tenant, counter(tenant));
    }
  }

  private double volume(String tenant) {
    return volumes.getOrDefault(tenant, 0.0);
  }
}
