package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LateOffsetsTest {
  private static final TopicPartition ONE = new TopicPartition("hub.raw", 1);
  private static final TopicPartition TWO = new TopicPartition("hub.raw", 2);

  private final LateOffsets offsets = new LateOffsets(Duration.ZERO);
  private boolean rebalancing;
  private final MockConsumer<Object, Object> consumer =
      new MockConsumer<>(OffsetResetStrategy.EARLIEST) {
        @Override
        public synchronized void commitSync(
            Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
          if (rebalancing) {
            throw new RebalanceInProgressException();
          }
          super.commitSync(offsets, timeout);
        }
      };

  @BeforeEach
  void anOffsetIsLate() {
    consumer.assign(Set.of(ONE, TWO));
    rebalancing = true;
    offsets.commit(consumer, Map.of(ONE, new OffsetAndMetadata(4)));
    offsets.commitAgain(consumer);
    rebalancing = false;
    assertThat(committed(ONE)).isZero();
  }

  @Test
  void itIsCommittedWhenNothingMoreComes() {
    offsets.commitAgain(consumer);
    assertThat(committed(ONE)).isEqualTo(4);
  }

  @Test
  void itIsCommittedWithWhatComesInAnotherPartition() {
    offsets.commit(consumer, Map.of(TWO, new OffsetAndMetadata(7)));
    assertThat(committed(ONE)).isEqualTo(4);
    assertThat(committed(TWO)).isEqualTo(7);
  }

  @Test
  void aLaterOneTakesItsPlace() {
    offsets.commit(consumer, Map.of(ONE, new OffsetAndMetadata(6)));
    offsets.commitAgain(consumer);
    assertThat(committed(ONE)).isEqualTo(6);
  }

  @Test
  void whoHadThePartitionMeanwhileMayHaveGoneFurther() {
    consumer.commitSync(Map.of(ONE, new OffsetAndMetadata(9)));
    offsets.commitAgain(consumer);
    assertThat(committed(ONE)).isEqualTo(9);
  }

  @Test
  void ofAPartitionThatHasGoneNothingIsCommitted() {
    consumer.assign(Set.of(TWO));
    offsets.commitAgain(consumer);
    consumer.assign(Set.of(ONE, TWO));
    offsets.commitAgain(consumer);
    assertThat(committed(ONE)).isZero();
  }

  @Test
  void itIsNotTriedWithEachPoll() {
    LateOffsets patient = new LateOffsets(Duration.ofMinutes(1));
    rebalancing = true;
    patient.commit(consumer, Map.of(ONE, new OffsetAndMetadata(4)));
    rebalancing = false;
    patient.commitAgain(consumer);
    assertThat(committed(ONE)).isZero();
  }

  private long committed(TopicPartition partition) {
    OffsetAndMetadata offset = consumer.committed(Set.of(partition)).get(partition);
    return offset == null ? 0 : offset.offset();
  }
}
