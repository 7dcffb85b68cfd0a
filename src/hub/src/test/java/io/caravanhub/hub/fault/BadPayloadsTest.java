package io.caravanhub.hub.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.fault.Samples.Sample;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Thousands of payloads gone wrong, sent to the running hub: every one has a fate. */
class BadPayloadsTest {
  private static final int BY_MQTT = 9_000;
  private static final int BY_HTTP = 9_000;

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("fuzz");
  private final String admin = hub.token(tenant, "admin");

  @Test
  void everyPublishIsStoredOrADeadLetter() throws Exception {
    long stored = reachedTheStore();
    long letters = letters();
    sendByMqtt("", "", Samples.canonical());
    sendByMqtt("Halden", "AeroTop", Samples.mapped(List.of("halden")));
    sendByMqtt("Brisk", "FlowMate", Samples.mapped(List.of("brisk")));

    stored = reachedTheStore() - stored;
    letters = letters() - letters;
    System.out.printf(
        "fault: %d publishes gone wrong: %d stored, %d dead letters%n", BY_MQTT, stored, letters);
    assertThat(stored + letters).isEqualTo(BY_MQTT);
    assertThat(stored).isPositive();
    assertHubIsUp();
  }

  @Test
  void everyPostIsStoredOrRefused() {
    Registered device = hub.device(admin, Map.of());
    List<Sample> samples = Samples.canonical();
    AtomicLong stored = new AtomicLong();
    AtomicLong refused = new AtomicLong();
    LongStream.range(0, BY_HTTP)
        .parallel()
        .forEach(
            number -> {
              byte[] payload = samples.get((int) (number % samples.size())).payload();
              String named = new String(payload, java.nio.charset.StandardCharsets.UTF_8);
              byte[] own =
                  named
                      .replace("\"D\"", "\"" + device.id() + "\"")
                      .getBytes(java.nio.charset.StandardCharsets.UTF_8);
              Answer answer =
                  hub.send(
                      "POST",
                      "/api/v1/telemetry/ingest",
                      device.token(),
                      BodyPublishers.ofByteArray(Mutations.of(own, number)));
              if (answer.status() == 202) {
                stored.incrementAndGet();
              } else {
                assertThat(answer.status()).as(answer.toString()).isIn(400, 413, 422);
                refused.incrementAndGet();
              }
            });

    System.out.printf(
        "fault: %d posts gone wrong: %d stored, %d refused%n",
        BY_HTTP, stored.get(), refused.get());
    assertThat(stored.get() + refused.get()).isEqualTo(BY_HTTP);
    assertThat(stored.get()).isPositive();
    assertHubIsUp();
  }

  private void sendByMqtt(String maker, String model, List<Sample> samples) throws Exception {
    Registered device = hub.device(admin, Map.of("manufacturer", maker, "model", model));
    List<CompletableFuture<?>> acknowledged = new ArrayList<>();
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      for (int number = 0; number < BY_MQTT / 3; number++) {
        byte[] payload = samples.get(number % samples.size()).payload();
        acknowledged.add(
            mqtt.publish(
                "t/" + tenant + "/d/" + device.id() + "/telemetry", Mutations.of(payload, number)));
      }
      CompletableFuture.allOf(acknowledged.toArray(CompletableFuture[]::new))
          .get(60, TimeUnit.SECONDS);
    }
  }

  private long reachedTheStore() {
    return (long)
        hub.bean(io.micrometer.core.instrument.MeterRegistry.class)
            .get("camel.exchanges.total")
            .tag("routeId", "store")
            .functionCounter()
            .count();
  }

  private long letters() {
    return hub.count("select count(*) from dead_letters where tenant_id = ?", tenant);
  }

  private void assertHubIsUp() {
    assertThat(hub.get("/api/v1/devices?limit=1", admin).status()).isEqualTo(200);
  }
}
