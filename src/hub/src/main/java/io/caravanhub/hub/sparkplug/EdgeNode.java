package io.caravanhub.hub.sparkplug;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one edge node since its birth: its aliases, its devices, its place in the
 * sequence. Thread-safe.
 */
final class EdgeNode {
  static final int DEVICES_MAX = 2_000;
  private static final int SEQUENCE = 256;

  private final Map<String, Map<Long, BirthMetric>> byAlias = new HashMap<>();
  private final Map<String, Map<String, BirthMetric>> byName = new HashMap<>();
  private final Set<String> devices = new HashSet<>();
  private boolean born;
  private long session = -1;
  private long birthAt = -1;
  private int last = -1;
  private long askedAt = Long.MIN_VALUE;

  /**
   * A birth of the node: all before is forgotten (Sparkplug 3.0, 6.4.19: bdSeq names the session).
   */
  synchronized void born(SparkplugPayload birth) {
    if (born && session == session(birth) && birthAt == birth.timestamp()) {
      // The same birth, tried again: what followed it meanwhile holds.
      return;
    }
    birthAt = birth.timestamp();
    byAlias.clear();
    byName.clear();
    devices.clear();
    born = true;
    last = birth.seq();
    session = session(birth);
    remember("", birth);
  }

  /**
   * A birth of a device, which is to be one that the registry knows.
   *
   * @return false when there are too many already
   */
  synchronized boolean deviceBorn(String device, SparkplugPayload birth) {
    if (byName.size() > DEVICES_MAX && !byName.containsKey(device)) {
      return false;
    }
    byAlias.remove(device);
    byName.remove(device);
    devices.add(device);
    remember(device, birth);
    return true;
  }

  private void remember(String device, SparkplugPayload birth) {
    Map<Long, BirthMetric> aliases = byAlias.computeIfAbsent(device, d -> new HashMap<>());
    Map<String, BirthMetric> names = byName.computeIfAbsent(device, d -> new HashMap<>());
    for (SparkplugMetric metric : birth.metrics()) {
      BirthMetric known = new BirthMetric(metric.name(), metric.dataType(), metric.unit());
      names.put(metric.name(), known);
      if (metric.alias() >= 0) {
        aliases.put(metric.alias(), known);
      }
    }
  }

  /**
   * Takes the next number of the sequence.
   *
   * @return false when messages are missing: the node was not born, or the number is ahead. One
   *     that lies behind was seen before, and is a message that comes again.
   */
  synchronized boolean follows(int seq) {
    if (!born || seq < 0) {
      return born && seq < 0;
    }
    int ahead = Math.floorMod(seq - last - 1, SEQUENCE);
    if (ahead >= SEQUENCE / 2) {
      return true;
    }
    last = seq;
    return ahead == 0;
  }

  /** What a birth said of this metric, or null when none did. */
  synchronized @Nullable BirthMetric find(String device, SparkplugMetric metric) {
    return metric.name().isEmpty()
        ? byAlias.getOrDefault(device, Map.of()).get(metric.alias())
        : byName.getOrDefault(device, Map.of()).get(metric.name());
  }

  /**
   * The node's death.
   *
   * @return the devices that were born, now all off line; null when the death is that of an earlier
   *     session, overtaken by the birth of the next
   */
  synchronized @Nullable Set<String> died(SparkplugPayload death) {
    long of = session(death);
    if (born && of >= 0 && session >= 0 && of != session) {
      return null;
    }
    Set<String> were = Set.copyOf(devices);
    devices.clear();
    born = false;
    return were;
  }

  synchronized void deviceDied(String device) {
    devices.remove(device);
  }

  /** Whether a birth may be asked for now: not again before this many nanoseconds. */
  synchronized boolean mayAsk(long now, long pause) {
    if (askedAt != Long.MIN_VALUE && now - askedAt < pause) {
      return false;
    }
    askedAt = now;
    return true;
  }

  private static long session(SparkplugPayload payload) {
    return payload.metrics().stream()
        .filter(metric -> metric.name().equals("bdSeq") && metric.value() instanceof Long)
        .mapToLong(metric -> metric.value() instanceof Long number ? number : -1)
        .findFirst()
        .orElse(-1);
  }
}
