package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.core.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TakenOverTest {
  private static final TopicPartition ONE = new TopicPartition("hub.normalized", 1);
  private static final TopicPartition TWO = new TopicPartition("hub.normalized", 2);

  private final List<String> forgotten = new ArrayList<>();
  private final TakenOver takenOver =
      new TakenOver((tenant, device, first) -> forgotten.add(device));
  private final Consumer<?, ?> consumer = new MockConsumer<>(OffsetResetStrategy.EARLIEST);

  @Test
  void forgetsADeviceOnceEachTimeItsPartitionMayHaveBeenAnotherHubs() {
    takenOver.holds(consumer, 1, Set.of(ONE, TWO));
    come(ONE, "a");
    come(ONE, "a");
    come(TWO, "b");
    assertThat(forgotten).containsExactly("a", "b");

    takenOver.holds(consumer, 2, Set.of(ONE));
    come(ONE, "a");
    assertThat(forgotten).as("kept over one rebalance").containsExactly("a", "b");

    takenOver.holds(consumer, 3, Set.of(ONE, TWO));
    come(ONE, "a");
    come(TWO, "b");
    assertThat(forgotten).as("two was away").containsExactly("a", "b", "b");

    takenOver.holds(consumer, 5, Set.of(ONE, TWO));
    come(ONE, "a");
    assertThat(forgotten).as("nobody saw generation 4").containsExactly("a", "b", "b", "a");

    takenOver.holds(consumer, 2, Set.of(ONE, TWO));
    come(ONE, "a");
    assertThat(forgotten).as("the group has begun anew").containsExactly("a", "b", "b", "a", "a");
  }

  private void come(TopicPartition partition, String device) {
    takenOver.comes(partition, new Telemetry("default", device, "test", List.of()));
  }
}
