package io.caravanhub.hub.kafka;

import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Commits offsets, and those that Kafka did not take before: it takes none while partitions are on
 * their way to another consumer, or nobody answers. What they stand for is stored; it comes again
 * at most. Thread-safe; each consumer is asked on its own thread.
 */
@Component
class LateOffsets {
  private static final Logger LOG = LoggerFactory.getLogger(LateOffsets.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Map<Consumer<?, ?>, Map<TopicPartition, OffsetAndMetadata>> late =
      Collections.synchronizedMap(new WeakHashMap<>());

  /** Commits these, and what is late; what fails is late from now on. */
  void commit(Consumer<?, ?> of, Map<TopicPartition, OffsetAndMetadata> ends) {
    Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>(late.getOrDefault(of, Map.of()));
    // Of partitions that have gone meanwhile it is another's business.
    all.keySet().retainAll(of.assignment());
    Set<TopicPartition> before = new HashSet<>(all.keySet());
    before.removeAll(ends.keySet());
    all.putAll(ends);
    boolean first = late.put(of, all) == null;
    try {
      if (!before.isEmpty()) {
        dropOlder(all, of.committed(before, PATIENCE));
      }
      if (!all.isEmpty()) {
        of.commitSync(all, PATIENCE);
      }
      late.remove(of);
    } catch (KafkaException e) {
      if (first) {
        LOG.info("Offsets are committed later, their records may come again: {}", e.getMessage());
      }
    }
  }

  /** Who had the partition meanwhile may have gone further. */
  private static void dropOlder(
      Map<TopicPartition, OffsetAndMetadata> all,
      Map<TopicPartition, OffsetAndMetadata> committed) {
    committed.forEach(
        (partition, known) ->
            all.computeIfPresent(
                partition,
                (same, ours) -> known != null && known.offset() >= ours.offset() ? null : ours));
  }

  /** Tries what is late again, if anything is: nothing new may come for long. */
  void commitAgain(Consumer<?, ?> of) {
    if (late.containsKey(of)) {
      commit(of, Map.of());
    }
  }
}
