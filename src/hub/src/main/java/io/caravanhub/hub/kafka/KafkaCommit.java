package io.caravanhub.hub.kafka;

import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.KafkaManualCommit;
import org.springframework.stereotype.Component;

/**
 * Commits a partition's offset with the last record of what was polled, once all of it is stored.
 * Records that come again after a crash change nothing, for writing is idempotent. Thread-safe.
 */
@Component("kafkaCommit")
public class KafkaCommit {
  private final RecordAges ages;
  private final LateOffsets offsets;

  KafkaCommit(RecordAges ages, LateOffsets offsets) {
    this.ages = ages;
    this.offsets = offsets;
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

  /** The same for a batch. */
  public void commitBatch(Exchange exchange) {
    RecordBatch.of(exchange).commit(offsets);
    ages.ends();
  }
}
