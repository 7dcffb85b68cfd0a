package io.caravanhub.hub.kafka;

import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.PollExceptionStrategy;
import org.apache.kafka.clients.consumer.CommitFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Ends the consumers when a poll fails, or a batch is given up. camel-kafka would go on with a new
 * batch, and what it held of the last one would be passed over by the next commit; or, for want of
 * a right, it would end for good. So nothing is forgotten of a failure until the consumers have
 * ended; {@link KafkaWatch} starts them again from what is committed. Thread-safe.
 */
@Component
class PollFailures implements PollExceptionStrategy {
  private static final Logger LOG = LoggerFactory.getLogger(PollFailures.class);

  private final KafkaState state;
  private volatile boolean failed;

  PollFailures(KafkaState state) {
    this.state = state;
  }

  @Override
  public boolean canContinue() {
    return !failed;
  }

  @Override
  public void handle(long partitionLastOffset, Exception failure) {
    failed = true;
    LOG.warn(
        "Kafka's consumers begin again from what is committed, for a poll failed: {}",
        failure.getMessage());
  }

  /** Ends the consumers before their next polls. */
  void end() {
    failed = true;
  }

  /**
   * Ends the consumers without this batch, which comes again from what is committed, when the group
   * has put them out while it was held, or the hub is to leave it to others.
   *
   * @return whether they end
   */
  boolean endWithout(RecordBatch batch, Exchange exchange) {
    if (batch.isExpelled(exchange)) {
      handle(-1, new CommitFailedException("a batch was held for too long"));
    } else if (state.withheld() != null) {
      end();
    }
    return failed;
  }

  /** The consumers have ended and may start again. */
  void forget() {
    failed = false;
  }
}
