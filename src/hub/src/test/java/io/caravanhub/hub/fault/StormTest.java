package io.caravanhub.hub.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The same messages again and again, in any order, over two ways at once: stored once each. */
class StormTest {
  private static final int MESSAGES = 2_000;
  private static final int TIMES_EACH_WAY = 2;
  private static final int BATCH = 100;
  private static final int METRICS = 2;

  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");
  private final Instant first = Instant.now().minusSeconds(MESSAGES);

  @Test
  void whatComesFourTimesInAnyOrderIsStoredOnce() throws Exception {
    CompletableFuture<Void> posted = CompletableFuture.runAsync(this::postAll);
    List<CompletableFuture<?>> published = new ArrayList<>();
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      for (int number : shuffled(1)) {
        published.add(mqtt.publish("t/default/d/" + device.id() + "/telemetry", message(number)));
      }
      CompletableFuture.allOf(published.toArray(CompletableFuture[]::new))
          .get(60, TimeUnit.SECONDS);
      posted.get(60, TimeUnit.SECONDS);
    }

    long rows = hub.rows(device);
    System.out.printf(
        "fault: duplicates and disorder: %d messages sent %d times, %d rows%n",
        MESSAGES, 2 * TIMES_EACH_WAY, rows);
    assertThat(rows).isEqualTo((long) MESSAGES * METRICS);
    assertThat(sumOfNumbers()).isEqualTo((long) MESSAGES * (MESSAGES - 1) / 2);
  }

  private void postAll() {
    List<Integer> numbers = shuffled(2);
    for (int from = 0; from < numbers.size(); from += BATCH) {
      List<String> batch =
          numbers.subList(from, Math.min(from + BATCH, numbers.size())).stream()
              .map(this::message)
              .toList();
      Answer answer = hub.ingest(device.token(), "[" + String.join(",", batch) + "]");
      assertThat(answer.status()).isEqualTo(202);
      assertThat(answer.json().path("rejected")).isEmpty();
    }
  }

  private List<Integer> shuffled(long seed) {
    List<Integer> numbers = new ArrayList<>();
    for (int times = 0; times < TIMES_EACH_WAY; times++) {
      IntStream.range(0, MESSAGES).forEach(numbers::add);
    }
    Collections.shuffle(numbers, new Random(seed));
    return numbers;
  }

  private String message(int number) {
    return "{\"device_id\":\"%s\",\"timestamp\":\"%s\",\"metrics\":{\"storm_number\":%d,\"temperature\":21}}"
        .formatted(device.id(), first.plusSeconds(number), number);
  }

  private long sumOfNumbers() {
    return hub.count(
        "select sum(t.value)::bigint from telemetry t join devices d on d.key = t.device_id join metrics m on m.id = t.metric_id where d.id::text = ? and m.key = 'storm_number'",
        device.id());
  }
}
