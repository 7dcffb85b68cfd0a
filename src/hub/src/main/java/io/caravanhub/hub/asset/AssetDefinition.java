package io.caravanhub.hub.asset;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is made of an asset's readings. Immutable.
 *
 * @param maxAge how old a value may be beside the newest one and still count; null for {@link
 *     #MAX_AGE}
 * @param derived in the order in which they are calculated: a later one sees the earlier ones
 * @param health how its health is judged, or null
 */
record AssetDefinition(
    @Nullable Duration maxAge, List<DerivedMetric> derived, @Nullable HealthAlgorithm health) {
  static final Duration MAX_AGE = Duration.ofMinutes(15);
  static final AssetDefinition NONE = new AssetDefinition(null, List.of(), null);

  AssetDefinition {
    derived = List.copyOf(derived);
  }

  boolean isEmpty() {
    return derived.isEmpty() && health == null;
  }

  Duration age() {
    return maxAge == null ? MAX_AGE : maxAge;
  }

  /** This, with what a nearer definition says in its place or beside it. */
  AssetDefinition with(AssetDefinition nearer) {
    Map<String, DerivedMetric> both = new LinkedHashMap<>();
    derived.forEach(metric -> both.put(metric.metric(), metric));
    nearer.derived.forEach(metric -> both.put(metric.metric(), metric));
    return new AssetDefinition(
        nearer.maxAge == null ? maxAge : nearer.maxAge,
        List.copyOf(both.values()),
        nearer.health == null ? health : nearer.health);
  }
}
