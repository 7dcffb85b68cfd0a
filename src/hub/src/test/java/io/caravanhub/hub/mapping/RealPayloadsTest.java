package io.caravanhub.hub.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A draft looked at on what devices really sent, and the past under a new version. */
class RealPayloadsTest {
  private static final String DECI =
      "{\"timestamp\": t, \"metrics\": {\"flow\": f / 10, \"power\": p}}";

  private final VersionedMapping mapping = new VersionedMapping();
  private final RunningHub hub = mapping.hub;
  private final long start = Instant.now().minusSeconds(600).toEpochMilli();
  private Registered device;

  @BeforeEach
  void send() throws Exception {
    hub.send(
        "PATCH",
        "/api/v1/tenant/settings",
        mapping.admin,
        RunningHub.publisher(Map.of("raw_archive", Map.of("enabled", true))));
    mapping.publish("{\"timestamp\": t, \"metrics\": {\"flow\": f, \"voltage\": 1}}");
    device = mapping.device();
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      for (String payload :
          List.of(
              "{\"t\": " + start + ", \"f\": 10, \"p\": 5}",
              "{\"t\": " + (start + 1_000) + ", \"f\": 0, \"p\": 5}",
              "{\"t\": " + (start + 2_000) + ", \"f\": \"n/a\"}")) {
        mqtt.publish("t/" + mapping.tenant + "/d/" + device.id() + "/telemetry", payload)
            .get(10, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void payloadsAreShownAsTheyCameWithTheirSource() {
    JsonNode items = hub.get(mapping.path + "/payloads", mapping.admin).json().path("items");

    assertThat(items).hasSize(3);
    assertThat(items.findValuesAsText("source")).contains("live", "dead-letter");
    assertThat(items.findValuesAsText("device")).contains(device.id());
    assertThat(items.toString()).contains("{\"t\":" + start + ",\"f\":10,\"p\":5}");
    String stranger = hub.token(RunningHub.unique("t-stranger"), "admin");
    assertThat(hub.get(mapping.path + "/payloads", stranger).json().path("items")).isEmpty();
  }

  @Test
  void aDraftIsComparedWithWhatIsInForce() {
    mapping.draft(DECI);

    JsonNode compared = hub.post(mapping.path + "/compare", mapping.admin, Map.of()).json();

    assertThat(compared.path("payloads").asInt()).isEqualTo(3);
    assertThat(compared.path("changed").asInt()).isEqualTo(3);
    assertThat(compared.path("failed").asInt()).isEqualTo(1);
    JsonNode first = item(compared, 10);
    assertThat(first.at("/after/0/value").asDouble()).isEqualTo(1);
    assertThat(first.path("reason").isNull()).isTrue();
    JsonNode same =
        hub.post(
                mapping.path + "/compare",
                mapping.admin,
                Map.of("jsonata", "{\"timestamp\": t, \"metrics\": {\"flow\": f, \"voltage\": 1}}"))
            .json();
    assertThat(same.path("changed").asInt()).isZero();
    Answer broken = hub.post(mapping.path + "/compare", mapping.admin, Map.of("jsonata", "(1 +"));
    assertThat(broken.status()).isEqualTo(400);
    assertThat(broken.text("field")).isEqualTo("jsonata");
  }

  @Test
  void aReplayUnderADraftIsShownBeforeAnythingChanges() {
    mapping.draft(DECI);

    JsonNode looked = replay(Map.of("mapping", mapping.name, "version", "draft", "dry_run", true));

    assertThat(looked.path("done").asInt()).isEqualTo(2);
    assertThat(looked.path("changed").asInt()).as("flow 10 -> 1, twice power").isEqualTo(3);
    assertThat(looked.path("removed").asInt()).as("voltage").isEqualTo(2);
    assertThat(looked.path("samples")).hasSize(5);
    JsonNode sample = looked.at("/samples/0");
    assertThat(sample.path("metric").asText()).isEqualTo("flow");
    assertThat(sample.at("/before/value").asDouble()).isEqualTo(10);
    assertThat(sample.at("/after/value").asDouble()).isEqualTo(1);
    assertThat(rows()).containsExactly("flow 0 by 1", "flow 10 by 1", "voltage 1 by 1");

    mapping.publish();
    JsonNode replayed = replay(Map.of());

    assertThat(replayed.path("changed").asInt()).isEqualTo(3);
    assertThat(replayed.path("removed").asInt()).isEqualTo(2);
    assertThat(rows()).containsExactly("flow 0 by 2", "flow 1 by 2", "power 5 by 2");
    JsonNode again = replay(Map.of("dry_run", true));
    assertThat(again.path("changed").asInt() + again.path("removed").asInt()).isZero();
    assertThat(
            hub.get(
                    "/api/v1/devices/"
                        + device.id()
                        + "/telemetry/history?with=mapping&metric=power",
                    mapping.admin)
                .json()
                .at("/items/0/mapping")
                .asText())
        .isEqualTo(mapping.name + "@2");
  }

  @Test
  void aVersionThatIsNotInForceCanOnlyBeLookedAt() {
    Answer wet =
        hub.post(
            "/api/v1/telemetry/replay",
            mapping.admin,
            Map.of("from", "2026-01-01T00:00:00Z", "mapping", mapping.name, "version", "1"));
    Answer none =
        hub.post(
            "/api/v1/telemetry/replay",
            mapping.admin,
            Map.of(
                "from",
                "2026-01-01T00:00:00Z",
                "mapping",
                mapping.name,
                "version",
                "draft",
                "dry_run",
                true));

    assertThat(wet.status()).isEqualTo(400);
    assertThat(wet.text("field")).isEqualTo("version");
    assertThat(none.status()).isEqualTo(404);
  }

  private static JsonNode item(JsonNode compared, int flow) {
    for (JsonNode item : compared.path("items")) {
      if (item.at("/before/0/value").asInt(-1) == flow) {
        return item;
      }
    }
    throw new AssertionError(compared.toString());
  }

  private List<String> rows() {
    return hub.owner()
        .sql(
            """
            select distinct m.key || ' ' || t.value || ' by ' || p.version from telemetry t join devices d on d.key = t.device_id
              join metrics m on m.id = t.metric_id left join mappings p on p.id = telemetry_mapping(t.batch_id) where d.id::text = ? order by 1\
            """)
        .param(device.id())
        .query(String.class)
        .list();
  }

  private JsonNode replay(Map<String, Object> more) {
    Map<String, Object> filter = new java.util.HashMap<>(more);
    filter.put("from", Instant.now().minusSeconds(60).toString());
    String id = hub.post("/api/v1/telemetry/replay", mapping.admin, filter).text("id");
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> hub.get("/api/v1/replays/" + id, mapping.admin).json(),
            job -> job.path("state").asText().equals("done"));
  }
}
