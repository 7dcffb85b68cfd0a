package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.StoreBusyException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Whether Kafka takes messages and gives them, and why not. Thread-safe. */
@Component("kafkaState")
public class KafkaState {
  private volatile @Nullable String reason = "the hub has not reached Kafka yet";
  private volatile @Nullable String withheld;

  /**
   * Refuses at once what would wait for a Kafka that is not there.
   *
   * @throws StoreBusyException with the reason
   */
  void require() {
    String why = reason;
    if (why != null) {
      throw new StoreBusyException(why);
    }
  }

  /** Why nothing is sent; null when Kafka is there. */
  @Nullable String reason() {
    return reason;
  }

  /** Why nothing is taken from Kafka, where it is kept meanwhile; null when nothing is known. */
  @Nullable String withheld() {
    return withheld;
  }

  void withheld(@Nullable String why) {
    withheld = why;
  }

  void up() {
    reason = null;
  }

  void down(String why) {
    reason = why;
  }
}
