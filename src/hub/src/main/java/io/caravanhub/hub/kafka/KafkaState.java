package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.StoreBusyException;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Whether Kafka takes messages and gives them, and why not. Thread-safe. */
@Component("kafkaState")
public class KafkaState {
  private volatile @Nullable String reason = "the hub has not reached Kafka yet";
  private volatile @Nullable String closed;
  private volatile @Nullable String left;

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

  /** Why this hub takes nothing from Kafka, where it is kept meanwhile; null when it does. */
  @Nullable String withheld() {
    String why = closed;
    return why == null ? left : why;
  }

  /** Why Kafka lets nothing be taken; null when nothing is known. */
  @Nullable String closed() {
    return closed;
  }

  /**
   * Why other hubs are to take it; null when this one does. What comes in is sent on all the same.
   */
  @Nullable String left() {
    return left;
  }

  void withhold(@Nullable String closed, @Nullable String left) {
    this.closed = closed;
    this.left = left;
  }

  void up() {
    reason = null;
  }

  void down(String why) {
    reason = why;
  }
}
