package io.caravanhub.hub.kafka;

import java.util.Collections;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Commits a partition's offset with the last record of what was polled, once all of it is stored.
 * Records that come again after a crash change nothing, for writing is idempotent. Thread-safe.
 */
@Component("kafkaCommit")
public class KafkaCommit {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaCommit.class);

  private final Map<Consumer<?, ?>, Map<TopicPartition, OffsetAndMetadata>> late =
      Collections.synchronizedMap(new WeakHashMap<>());

  private final RecordAges ages;

  KafkaCommit(RecordAges ages) {
    this.ages = ages;
  }

  /** Called as the last step of a route from Kafka. */
  public void commit(Exchange exchange) {
    boolean last =
        exchange
            .getMessage()
            .getHeader(KafkaConstants.LAST_RECORD_BEFORE_COMMIT, false, Boolean.class);
    KafkaManualCommit commit =
        exchange.getMessage().getHeader(KafkaConstants.MANUAL_COMMIT, KafkaManualCommit.class);
    if (last && commit != null) {
      commit.commit();
    }
  }

  /**
   * The same for a batch. A commit that Kafka refuses, because partitions are on their way to
   * another consumer or nobody answers, is made with the next batch: all of it is stored, and comes
   * again at most.
   */
  public void commitBatch(Exchange exchange) {
    try {
      RecordBatch.of(exchange).commit(late);
    } catch (KafkaException e) {
      LOG.info("Offsets are committed later, their records may come again: {}", e.getMessage());
    }
    ages.ends();
  }
}
