package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.apache.camel.Exchange;
import org.apache.camel.component.kafka.KafkaConstants;
import org.apache.camel.component.kafka.consumer.DefaultKafkaManualCommit;
import org.apache.camel.component.kafka.consumer.KafkaManualCommitFactory.CamelExchangePayload;
import org.apache.camel.component.kafka.consumer.KafkaManualCommitFactory.KafkaRecordPayload;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RecordBatchTest {
  private static final TopicPartition ONE = new TopicPartition("hub.raw", 1);

  private int generation = 7;
  private final Consumer<Object, Object> consumer =
      new MockConsumer<>(OffsetResetStrategy.EARLIEST) {
        @Override
        public ConsumerGroupMetadata groupMetadata() {
          return new ConsumerGroupMetadata("hub", generation, "member", java.util.Optional.empty());
        }
      };

  @Test
  void aBatchIsGivenUpOnceTheGroupHasPutItsConsumerOut() throws Exception {
    consumer.assign(Set.of(ONE));
    Exchange batch = batch();
    KafkaState state = new KafkaState();
    PollFailures failures = new PollFailures(state);
    assertThat(RecordBatch.of(batch).isExpelled(batch)).isFalse();
    assertThat(RecordBatch.of(batch).isExpelled(batch)).as("tried again").isFalse();
    generation = -1;
    assertThat(RecordBatch.of(batch).isExpelled(batch)).isTrue();
    new RawRecords(state, failures, new RecordAges()).take(batch);
    assertThat(failures.canContinue()).as("the consumers begin again").isFalse();
    assertThat(RecordBatch.of(batch).open()).hasSize(1);
    generation = 8;
    new KafkaCommit(new RecordAges(), new LateOffsets()).commitBatch(batch);
    assertThat(consumer.committed(Set.of(ONE)).get(ONE)).as("it comes again").isNull();
  }

  @Test
  void aBatchIsLeftToOtherHubsWhileThisOneMayTakeNothing() throws Exception {
    consumer.assign(Set.of(ONE));
    Exchange batch = batch();
    KafkaState state = new KafkaState();
    PollFailures failures = new PollFailures(state);
    state.withhold(null, "the database does not answer this hub");
    new RawRecords(state, failures, new RecordAges()).take(batch);
    assertThat(failures.canContinue()).as("the consumers end").isFalse();
    assertThat(RecordBatch.of(batch).open()).hasSize(1);
  }

  private Exchange batch() {
    DefaultCamelContext camel = new DefaultCamelContext();
    Exchange record = new DefaultExchange(camel);
    record
        .getMessage()
        .setHeader(
            KafkaConstants.MANUAL_COMMIT,
            new DefaultKafkaManualCommit(
                new CamelExchangePayload(record, consumer, "t", null),
                new KafkaRecordPayload(ONE, 3, 0)) {
              @Override
              public void commit() {
                throw new UnsupportedOperationException();
              }
            });
    Exchange batch = new DefaultExchange(camel);
    batch.getMessage().setBody(List.of(record));
    return batch;
  }
}
