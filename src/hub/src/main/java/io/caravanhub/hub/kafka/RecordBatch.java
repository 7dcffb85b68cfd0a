package io.caravanhub.hub.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommit;
import org.apache.camel.component.kafka.consumer.KafkaManualCommitFactory.CamelExchangePayload;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * The records of one poll, one exchange each. camel-kafka keeps them until the next poll, in which
 * partitions may go to another consumer: their records are no longer of this one. For the thread of
 * the consumer.
 */
final class RecordBatch {
  private static final String SETTLED = "hub-kafka-settled";
  private static final String GENERATION = "hub-kafka-generation";

  private final List<Exchange> own = new ArrayList<>();
  private final Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
  private @Nullable Consumer<?, ?> consumer;
  private long oldest = Long.MAX_VALUE;

  private RecordBatch() {}

  /** What the body of a batching consumer's exchange holds. */
  static RecordBatch of(Exchange exchange) {
    RecordBatch batch = new RecordBatch();
    Set<TopicPartition> assigned = Set.of();
    for (Object item : exchange.getMessage().getBody(List.class)) {
      Exchange record = (Exchange) item;
      DefaultKafkaManualCommit commit =
          record
              .getMessage()
              .getHeader(KafkaConstants.MANUAL_COMMIT, DefaultKafkaManualCommit.class);
      if (batch.consumer == null) {
        CamelExchangePayload payload = commit.getCamelExchangePayload();
        batch.consumer = payload.consumer;
        assigned = payload.consumer.assignment();
      }
      if (assigned.contains(commit.getPartition())) {
        batch.own.add(record);
        OffsetAndMetadata end = new OffsetAndMetadata(commit.getRecordOffset() + 1);
        if (batch.ends.put(commit.getPartition(), end) == null) {
          // Those behind it in the partition are younger.
          batch.oldest = Math.min(batch.oldest, time(record));
        }
      }
    }
    return batch;
  }

  private static long time(Exchange record) {
    Long time = record.getMessage().getHeader(KafkaConstants.TIMESTAMP, Long.class);
    return time == null ? Long.MAX_VALUE : time;
  }

  /**
   * Whether the group has put the consumer out since the batch was first tried, as it does with one
   * that does not poll for long: its partitions may be another's.
   */
  boolean isExpelled(Exchange exchange) {
    if (consumer == null) {
      return false;
    }
    int now = consumer.groupMetadata().generationId();
    Integer first = exchange.getProperty(GENERATION, Integer.class);
    if (first == null) {
      exchange.setProperty(GENERATION, now);
      return now < 0;
    }
    return now < 0 || now != first;
  }

  /** Says what the consumer holds now. */
  void tell(TakenOver takenOver) {
    if (consumer != null) {
      takenOver.holds(consumer, consumer.groupMetadata().generationId(), consumer.assignment());
    }
  }

  /** Says how old it is. */
  void tell(RecordAges ages) {
    if (oldest != Long.MAX_VALUE) {
      ages.begins(partition(own.get(0)).topic(), oldest);
    }
  }

  /** The records that are still to be dealt with, in their order. */
  List<Exchange> open() {
    return own.stream().filter(record -> record.getProperty(SETTLED) == null).toList();
  }

  /** The record is stored or a dead letter; should the batch be tried again, it is left out. */
  static void settle(Exchange record) {
    record.setProperty(SETTLED, Boolean.TRUE);
  }

  static TopicPartition partition(Exchange record) {
    return record
        .getMessage()
        .getHeader(KafkaConstants.MANUAL_COMMIT, DefaultKafkaManualCommit.class)
        .getPartition();
  }

  /** Commits the end of each partition, unless some of it is to come again. */
  void commit(LateOffsets offsets) {
    if (consumer != null && open().isEmpty()) {
      offsets.commit(consumer, ends);
    }
  }
}
