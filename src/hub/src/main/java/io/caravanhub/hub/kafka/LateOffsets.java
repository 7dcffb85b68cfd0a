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
import org.springframework.beans.factory.annotation.Autowired;
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

  /** While nothing is at stake but a number, polls are not to wait. */
  private static final Duration SHORT = Duration.ofSeconds(1);

  private final Duration pause;
  private final Map<Consumer<?, ?>, Late> late = Collections.synchronizedMap(new WeakHashMap<>());

  private record Late(Map<TopicPartition, OffsetAndMetadata> offsets, long tried) {}

  @Autowired
  LateOffsets() {
    this(Duration.ofSeconds(1));
  }

  /**
   * @param pause between two tries while nothing comes
   */
  LateOffsets(Duration pause) {
    this.pause = pause;
  }

  /** Commits these, and what is late; what fails is late from now on. */
  void commit(Consumer<?, ?> of, Map<TopicPartition, OffsetAndMetadata> ends) {
    commit(of, ends, PATIENCE);
  }

  /** Tries what is late again, if anything is, with a pause: nothing new may come for long. */
  void commitAgain(Consumer<?, ?> of) {
    Late known = late.get(of);
    if (known != null && System.nanoTime() - known.tried >= pause.toNanos()) {
      commit(of, Map.of(), SHORT);
    }
  }

  private void commit(
      Consumer<?, ?> of, Map<TopicPartition, OffsetAndMetadata> ends, Duration patience) {
    Late known = late.get(of);
    Map<TopicPartition, OffsetAndMetadata> all =
        new HashMap<>(known == null ? Map.of() : known.offsets);
    // Of partitions that have gone meanwhile it is another's business.
    all.keySet().retainAll(of.assignment());
    Set<TopicPartition> before = new HashSet<>(all.keySet());
    before.removeAll(ends.keySet());
    all.putAll(ends);
    try {
      if (!before.isEmpty()) {
        dropOlder(all, of.committed(before, patience));
      }
      if (!all.isEmpty()) {
        of.commitSync(all, patience);
      }
      late.remove(of);
    } catch (KafkaException e) {
      late.put(of, new Late(all, System.nanoTime()));
      if (known == null) {
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
}
