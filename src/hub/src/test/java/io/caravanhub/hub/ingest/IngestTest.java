package io.caravanhub.hub.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class IngestTest {
  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");
  private final String now = Instant.now().toString();

  @Test
  void takesMeasurementsAndConvertsTheirUnits() {
    Answer answer =
        hub.ingest(
            device.token(),
            Map.of(
                "device_id",
                device.id(),
                "timestamp",
                now,
                "measurements",
                List.of(
                    Map.of("name", "temperature", "value", 212, "unit", "[degF]"),
                    Map.of("name", "pressure", "value", 1.5, "unit", "bar", "quality", "suspect")),
                "metadata",
                Map.of("firmware", "1.2")));

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.body()).isEqualTo("{\"accepted\":1,\"duplicates\":0,\"rejected\":[]}");
    assertThat(values()).containsExactly("pressure 150 kPa 1", "temperature 100 Cel 0");
  }

  @Test
  void takesMetrics() {
    Answer answer =
        hub.ingest(
            device.token(),
            Map.of(
                "deviceId",
                device.serial(),
                "timestamp",
                Instant.now().toEpochMilli(),
                "metrics",
                Map.of("temperature", 21.5, "compressor_status", "on", "door_open", true)));

    assertThat(answer.status()).isEqualTo(202);
    assertThat(values())
        .containsExactly(
            "compressor_status on null 0", "door_open 1 null 0", "temperature 21.5 Cel 0");
  }

  @Test
  void takesReadingsWithoutATimestampAsOfNow() {
    Answer answer =
        hub.ingest(
            device.token(),
            Map.of(
                "device_id",
                device.serial(),
                "readings",
                List.of(Map.of("variable", "voltage", "value", 230, "unit", "V"))));

    assertThat(answer.status()).isEqualTo(202);
    assertThat(values()).containsExactly("voltage 230 V 0");
    assertThat(
            hub.count(
                "select count(*) from telemetry t join devices d on d.key = t.device_id where d.id::text = ? and abs(extract(epoch from now() - ts)) < 60",
                device.id()))
        .isEqualTo(1);
  }

  @Test
  void storesEveryMessageWithoutATimestampOfARequest() {
    Answer answer =
        hub.ingest(
            device.token(),
            List.of(
                Map.of("deviceId", device.id(), "metrics", Map.of("temperature", 1)),
                Map.of("deviceId", device.id(), "metrics", Map.of("temperature", 2))));

    assertThat(answer.body()).isEqualTo("{\"accepted\":2,\"duplicates\":0,\"rejected\":[]}");
    assertThat(values()).containsExactly("temperature 1 Cel 0", "temperature 2 Cel 0");
  }

  @Test
  void countsARepeatWithinARequestAsDuplicate() {
    Answer answer =
        hub.ingest(device.token(), List.of(message("temperature", 20), message("temperature", 20)));

    assertThat(answer.body()).isEqualTo("{\"accepted\":1,\"duplicates\":1,\"rejected\":[]}");
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void storesEveryMessageWithoutATimestampThatComesOverMqttInOneMillisecond() throws Exception {
    int count = 200;
    List<CompletableFuture<?>> sent = new ArrayList<>();
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      for (int i = 0; i < count; i++) {
        sent.add(
            mqtt.publish(
                "t/default/d/" + device.id() + "/telemetry",
                "[{\"metrics\":{\"temperature\":1}},{\"metrics\":{\"temperature\":2}}]"));
      }
      for (CompletableFuture<?> publish : sent) {
        publish.get(20, TimeUnit.SECONDS);
      }
    }
    assertThat(hub.rows(device)).isEqualTo(2 * count);
  }

  @Test
  void countsARepeatAsDuplicateAndStoresItOnce() {
    List<?> both = List.of(message("temperature", 20), message("humidity", 40));
    hub.ingest(device.token(), both);

    Answer repeat = hub.ingest(device.token(), both);
    Answer mixed =
        hub.ingest(device.token(), List.of(message("humidity", 40), message("power", 2)));

    assertThat(repeat.body()).isEqualTo("{\"accepted\":0,\"duplicates\":2,\"rejected\":[]}");
    assertThat(mixed.body()).isEqualTo("{\"accepted\":1,\"duplicates\":1,\"rejected\":[]}");
    assertThat(hub.rows(device)).isEqualTo(3);
  }

  @Test
  void storesTheGoodMessagesOfABatchAndNamesTheOthers() {
    Answer answer =
        hub.ingest(
            device.token(),
            List.of(
                message("temperature", 20),
                Map.of("device_id", "nobody", "metrics", Map.of("temperature", 1)),
                message("humidity", "wet"),
                message("power", 3)));

    assertThat(answer.status()).isEqualTo(202);
    assertThat(answer.json().path("accepted").asInt()).isEqualTo(2);
    assertThat(answer.json().path("rejected").toString())
        .isEqualTo(
            "[{\"index\":1,\"field\":\"device_id\",\"reason\":\"unknown device \\\"nobody\\\"\"},"
                + "{\"index\":2,\"field\":\"metrics.humidity\",\"reason\":\"expected a number, got \\\"wet\\\"\"}]");
    assertThat(hub.rows(device)).isEqualTo(2);
  }

  @Test
  void refusesToLetADeviceSpeakForAnother() {
    Registered other = hub.device("sensor");

    Answer answer =
        hub.ingest(
            device.token(), Map.of("device_id", other.id(), "metrics", Map.of("temperature", 1)));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.text("field")).isEqualTo("device_id");
    assertThat(hub.rows(other)).isZero();
  }

  private Map<String, Object> message(String metric, Object value) {
    return Map.of("device_id", device.id(), "timestamp", now, "metrics", Map.of(metric, value));
  }

  private List<String> values() {
    return hub.owner()
        .sql(
            """
            select m.key || ' ' || coalesce(t.text_value, trim_scale(round(t.value::numeric, 9))::text) || ' ' || coalesce(m.unit, 'null') || ' ' || t.quality
              from telemetry t join devices d on d.key = t.device_id join metrics m on m.id = t.metric_id
             where d.id::text = ? order by 1\
            """)
        .params(device.id())
        .query(String.class)
        .list();
  }
}
