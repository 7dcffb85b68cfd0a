package io.caravanhub.hub.kafka;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.function.BiConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What the rules remember of a device is old when another hub had its partition meanwhile. So a
 * device is forgotten at its first record since a consumer of this hub took the partition over, and
 * rebuilt from the store. Thread-safe.
 */
final class TakenOver {
  private final BiConsumer<String, String> forget;
  private final Map<Consumer<?, ?>, Held> consumers = new WeakHashMap<>();
  private final Map<TopicPartition, Set<String>> devices = new HashMap<>();

  /** Partitions of a consumer in a generation of its group: each rebalance makes a new one. */
  private record Held(int generation, Set<TopicPartition> partitions) {
    /** A partition held before and after one rebalance was nobody else's. */
    boolean keeps(int now, TopicPartition partition) {
      return now - generation <= 1 && partitions.contains(partition);
    }
  }

  /**
   * Forgets with this.
   *
   * @param forget takes tenant and device
   */
  TakenOver(BiConsumer<String, String> forget) {
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

  /** A record of the device is about to be stored. */
  synchronized void comes(TopicPartition partition, String tenant, String device) {
    if (devices.computeIfAbsent(partition, p -> new HashSet<>()).add(device)) {
      forget.accept(tenant, device);
    }
  }
}
