package io.caravanhub.hub.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.observability.SpanReceiver.Received;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** The trace of what a device of a {@link BusyHub} publishes. */
final class PublishTrace {
  private static final List<String> STAGES =
      List.of("ingest", "normalize", "store", "rule", "plan", "deliver");

  private PublishTrace() {}

  /** An oven too hot becomes an order at the FSM, each stage within the one before it. */
  static void leadsToTheFsm(BusyHub busy, SpanReceiver receiver) throws Exception {
    Registered oven = oven(busy);
    try (MqttDevice mqtt = connect(busy.hub, oven)) {
      publish(mqtt, busy, oven, 95).get(60, TimeUnit.SECONDS);
    }
    await().atMost(Duration.ofSeconds(60)).until(() -> receiver.traceWith(STAGES).isPresent());
    Map<String, Received> trace = receiver.traceWith(STAGES).orElseThrow();
    isInOrder(trace, STAGES);
    assertThat(trace).hasSize(STAGES.size());
  }

  /** Each stage is within the one before it, and the first within none. */
  static void isInOrder(Map<String, Received> trace, List<String> stages) {
    assertThat(trace).containsKeys(stages.toArray(String[]::new));
    assertThat(trace.get(stages.get(0)).parent()).isEmpty();
    for (int i = 1; i < stages.size(); i++) {
      assertThat(trace.get(stages.get(i)).parent())
          .as(stages.get(i))
          .isEqualTo(trace.get(stages.get(i - 1)).id());
    }
  }

  static Registered oven(BusyHub busy) {
    return busy.hub.device(busy.admin, Map.of("device_type", "oven"));
  }

  static MqttDevice connect(RunningHub hub, Registered oven) {
    return MqttDevice.connect(hub.mqttPort(), oven.id(), oven.token());
  }

  /** Above 90 it is too hot. */
  static CompletableFuture<?> publish(
      MqttDevice mqtt, BusyHub busy, Registered oven, int temperature) {
    return mqtt.publish(
        "t/" + busy.tenant + "/d/" + oven.id() + "/telemetry",
        "{\"metrics\": {\"temperature\": %d}}".formatted(temperature));
  }
}
