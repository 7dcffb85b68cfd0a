package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DeliveryTest {
  private static final FieldbusConnection RTU =
      new FieldbusConnection(
          "default", "RTU-1", "modbus-tcp", "localhost:1", 1, "a.yaml", Duration.ofSeconds(1));

  private final ScheduledExecutorService executor = Executors.newScheduledThreadPool(2);
  private final List<Long> taken = new CopyOnWriteArrayList<>();
  private volatile boolean fails = true;
  private volatile boolean throwing;
  private final Delivery delivery =
      new Delivery(
          (poll, outcome) -> {
            if (throwing) {
              throw new IllegalStateException("the route is stopping");
            }
            if (!fails) {
              taken.add(poll.at().getEpochSecond());
            }
            outcome.ended(fails ? new IllegalStateException("busy") : null);
          },
          executor,
          executor,
          new BackOff(Duration.ofMillis(5), Duration.ofMillis(20)),
          3);

  @AfterEach
  void stop() {
    executor.shutdownNow();
  }

  private void offer(long second) {
    var unused = delivery.offer(new Poll(RTU, Instant.ofEpochSecond(second), List.of()));
  }

  @Test
  void retriesInOrder() {
    offer(1);
    offer(2);
    offer(3);
    assertThat(delivery.waiting()).isEqualTo(3);
    fails = false;
    await().untilAsserted(() -> assertThat(taken).containsExactly(1L, 2L, 3L));
    assertThat(delivery.dropped()).isZero();
    assertThat(delivery.waiting()).isZero();
  }

  @Test
  void triesAgainWhatARouteThrowsOn() {
    throwing = true;
    offer(1);
    offer(2);
    fails = false;
    throwing = false;
    await().untilAsserted(() -> assertThat(taken).containsExactly(1L, 2L));
  }

  @Test
  void dropsAndCountsTheOldestWaitingOneAtItsBound() {
    for (long second = 1; second <= 6; second++) {
      offer(second);
    }
    assertThat(delivery.dropped()).isEqualTo(2);
    fails = false;
    await().untilAsserted(() -> assertThat(taken).containsExactly(1L, 4L, 5L, 6L));
  }
}
