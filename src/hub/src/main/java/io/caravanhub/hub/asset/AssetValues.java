package io.caravanhub.hub.asset;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.hub.telemetry.LatestValues;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * What the devices of an asset said last, under the names that their links give. Only good values
 * that were measured since the link began count. Of two devices that know the same metric the
 * primary one is believed while it speaks, else the one that spoke last. Thread-safe.
 */
@Component
class AssetValues {
  private final LatestValues latest;

  AssetValues(LatestValues latest) {
    this.latest = latest;
  }

  private record Known(AssetLink link, String metric, Measurement measurement) {
    boolean before(Known other) {
      return link.isPrimary() == other.link.isPrimary()
          ? measurement.ts().isBefore(other.measurement.ts())
          : other.link.isPrimary();
    }
  }

  /** What is known of the asset now. */
  AssetMoment of(WatchedAsset asset) {
    List<Known> all = known(asset);
    Instant newest =
        all.stream().map(k -> k.measurement().ts()).max(Instant::compareTo).orElse(Instant.EPOCH);
    Instant oldest = newest.minus(asset.definition().age());
    Map<String, Known> best = new HashMap<>();
    Map<String, Object> roles = new TreeMap<>();
    for (Known one : all) {
      if (!one.measurement().ts().isBefore(oldest)) {
        best.merge(one.metric(), one, (old, now) -> old.before(now) ? now : old);
        enter(roles, one.link().role(), one.metric(), value(one.measurement()));
      }
    }
    AssetMoment moment = new AssetMoment();
    best.forEach((metric, k) -> moment.put(metric, value(k.measurement()), k.measurement().ts()));
    moment.bind("asset", asset.key().asset());
    moment.bind("type", asset.type());
    moment.bind("metadata", asset.metadata());
    moment.bind("roles", roles);
    moment.settle(asset.definition().age());
    return moment;
  }

  private List<Known> known(WatchedAsset asset) {
    List<Known> all = new ArrayList<>();
    // Together: what one message brought for several devices is there for all of them or for none.
    Map<String, Map<String, Measurement>> said =
        latest.of(asset.links().stream().map(AssetLink::device).distinct().toList());
    for (AssetLink link : asset.links()) {
      Instant from = link.from();
      for (Measurement measurement : said.getOrDefault(link.device(), Map.of()).values()) {
        String metric = link.metric(measurement.metric());
        if (metric != null
            && measurement.quality() == Quality.GOOD
            && (from == null || !measurement.ts().isBefore(from))) {
          all.add(new Known(link, metric, measurement));
        }
      }
    }
    return all;
  }

  @SuppressWarnings("unchecked")
  static void enter(Map<String, Object> roles, String role, String metric, Object value) {
    ((Map<String, Object>) roles.computeIfAbsent(role, r -> new TreeMap<>())).put(metric, value);
  }

  private static Object value(Measurement measurement) {
    @Nullable String text = measurement.text();
    return text != null ? text : (Object) measurement.value();
  }
}
