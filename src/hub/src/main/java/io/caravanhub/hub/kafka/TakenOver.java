package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.Telemetry;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What the rules remember of a device is old when another hub had its partition meanwhile. So a
 * device is forgotten at its first record since a consumer of this hub took the partition over, and
 * rebuilt from the store. Thread-safe.
 */
final class TakenOver {
  private final Forget forget;
  private final Map<Consumer<?, ?>, Held> consumers = new WeakHashMap<>();
  private final Map<TopicPartition, Set<String>> devices = new HashMap<>();

  /** Takes tenant and device, and the time in milliseconds of the record's first reading. */
  interface Forget {
    void forget(String tenant, String device, long first);
  }

  /** Partitions of a consumer in a generation of its group: each rebalance makes a new one. */
  private record Held(int generation, Set<TopicPartition> partitions) {
    /** A partition held before and after one rebalance was nobody else's. */
    boolean keeps(int now, TopicPartition partition) {
      // A group that has begun anew counts from the beginning.
      return now - generation == 1 && partitions.contains(partition);
    }
  }

  TakenOver(Forget forget) {
    this.forget = forget;
  }

  /** Says what a consumer holds, with each batch. */
  synchronized void holds(Consumer<?, ?> consumer, int generation, Set<TopicPartition> partitions) {
    @Nullable Held before = consumers.get(consumer);
    if (before != null && before.generation == generation) {
      return;
    }
    for (TopicPartition partition : partitions) {
      if (before == null || !before.keeps(generation, partition)) {
        devices.remove(partition);
      }
    }
    consumers.put(consumer, new Held(generation, Set.copyOf(partitions)));
  }

  /**
   * A record is about to be stored. The hub that had its partition may have stored it, too, and
   * ended before it looked at it.
   */
  synchronized void comes(TopicPartition partition, Telemetry telemetry) {
    if (devices.computeIfAbsent(partition, p -> new HashSet<>()).add(telemetry.device())) {
      long first =
          telemetry.measurements().stream()
              .mapToLong(measurement -> measurement.ts().toEpochMilli())
              .min()
              .orElse(Long.MAX_VALUE);
      forget.forget(telemetry.tenant(), telemetry.device(), first);
    }
  }
}
