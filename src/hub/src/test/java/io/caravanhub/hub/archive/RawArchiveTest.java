package io.caravanhub.hub.archive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Messages kept as received, and the past mapped anew from them. */
class RawArchiveTest {
  /** Canonical as it stands; to the mapping brisk/flowmate it says something else. */
  private static final String BOTH =
      """
      {"timestamp": "%1$s", "metrics": {"wrong_name": 1, "flow": 999},
       "time": "%1$s", "hydraulics": {"flow": 41.5}, "bearing": {"vibration": {"rms": 50}}}\
      """;

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-raw");
  private final String admin = hub.token(tenant, "admin");
  private final Registered device = hub.device(admin, Map.of("device_type", "pump"));
  private final Instant start = Instant.now().minusSeconds(600);

  @Test
  void nothingIsKeptUnlessTheTenantAsksForIt() throws Exception {
    publish(BOTH.formatted(start));

    assertThat(raw()).isZero();
    assertThat(
            hub.get("/api/v1/tenant/settings", admin).json().at("/raw_archive/enabled").asBoolean())
        .isFalse();
  }

  @Test
  void aMessageIsKeptAsItCameBeforeItIsAcknowledged() throws Exception {
    enable();
    String payload = "  " + BOTH.formatted(start) + " ";

    publish(payload);

    assertThat(
            hub.owner()
                .sql(
                    "select convert_from(payload, 'UTF8') || (headers ->> 'hub-source') from raw_messages where tenant_id = ?")
                .param(tenant)
                .query(String.class)
                .single())
        .isEqualTo(payload + "mqtt");
  }

  @Test
  void whatCameOverHttpIsKeptMessageByMessage() {
    enable();
    Map<String, Object> one =
        Map.of("device_id", device.serial(), "metrics", Map.of("temperature", 20));

    assertThat(hub.ingest(admin, List.of(one, one, Map.of("device_id", "nobody"))).status())
        .isEqualTo(202);

    assertThat(raw()).isEqualTo(2);
  }

  @Test
  void nothingIsAcknowledgedWhileTheArchiveCannotBeWritten() throws Exception {
    enable();
    publish(BOTH.formatted(start));
    hub.owner()
        .sql("alter table raw_messages add constraint shut check (source <> 'shut')")
        .update();
    hub.owner().sql("alter table raw_messages rename to raw_messages_away").update();
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      CompletableFuture<?> ack = mqtt.publish(topic(), BOTH.formatted(start.plusSeconds(1)));
      await().until(() -> hub.rows(device) == 4);
      assertThat(ack).isNotDone();
      hub.owner().sql("alter table raw_messages_away rename to raw_messages").update();
      ack.get(60, TimeUnit.SECONDS);
    } finally {
      hub.owner().sql("alter table if exists raw_messages_away rename to raw_messages").update();
      hub.owner().sql("alter table raw_messages drop constraint shut").update();
    }
    assertThat(raw()).isEqualTo(2);
  }

  @Test
  void thePastIsMappedAnewAndTwiceIsOnce() throws Exception {
    enable();
    for (int i = 0; i < 5; i++) {
      publish(BOTH.formatted(start.plusSeconds(120L * i)));
    }
    assertThat(metrics()).containsExactly("flow 5 999", "wrong_name 5 1");
    // To the rules these vibrations would be reason enough, had they been mapped when they came.
    long events = hub.count("select count(*) from events where tenant_id = ?", tenant);
    map("brisk/flowmate");

    JsonNode first = replay(Map.of("from", Instant.now().minusSeconds(60).toString()));

    assertThat(first.path("state").asText()).isEqualTo("done");
    assertThat(first.path("done").asInt()).isEqualTo(5);
    assertThat(first.path("changed").asInt()).isEqualTo(10);
    assertThat(first.path("removed").asInt()).isEqualTo(5);
    assertThat(metrics()).containsExactly("flow 5 41.5", "vibration_rms 5 50");
    assertThat(hub.get("/api/v1/devices/" + device.id(), admin).json().toString())
        .doesNotContain("wrong_name");

    JsonNode again = replay(Map.of("from", Instant.now().minusSeconds(60).toString()));

    assertThat(again.path("done").asInt()).isEqualTo(5);
    assertThat(again.path("changed").asInt()).isZero();
    assertThat(again.path("removed").asInt()).isZero();
    assertThat(metrics()).containsExactly("flow 5 41.5", "vibration_rms 5 50");
    assertThat(raw()).isEqualTo(5);
    assertThat(hub.count("select count(*) from events where tenant_id = ?", tenant))
        .isEqualTo(events);
  }

  @Test
  void aMessageWithoutATimeKeepsTheOneItCameAt() {
    enable();
    hub.ingest(admin, Map.of("device_id", device.id(), "metrics", Map.of("temperature", 20)));

    JsonNode job = replay(Map.of("from", Instant.now().minusSeconds(60).toString()));

    assertThat(job.path("done").asInt()).isEqualTo(1);
    assertThat(job.path("changed").asInt() + job.path("removed").asInt()).isZero();
  }

  @Test
  void rowsOfOtherMessagesAreLeftAlone() throws Exception {
    enable();
    publish(BOTH.formatted(start));
    hub.ingest(
        admin,
        Map.of(
            "device_id",
            device.id(),
            "timestamp",
            start.toString(),
            "metrics",
            Map.of("temperature", 20)));
    map("brisk/flowmate");

    replay(Map.of("from", Instant.now().minusSeconds(60).toString(), "device", device.serial()));

    assertThat(metrics()).containsExactly("flow 1 41.5", "temperature 1 20", "vibration_rms 1 50");
  }

  @Test
  void aMessageThatTodaysMappingCannotUseKeepsItsRows() throws Exception {
    enable();
    publish(BOTH.formatted(start));
    map("no/such");

    JsonNode job = replay(Map.of("from", Instant.now().minusSeconds(60).toString()));

    assertThat(job.path("failed").asInt()).isEqualTo(1);
    assertThat(job.path("last_error").asText()).contains("no/such");
    assertThat(metrics()).containsExactly("flow 1 999", "wrong_name 1 1");
  }

  @Test
  void anotherTenantsPastIsNotTouched() throws Exception {
    enable();
    publish(BOTH.formatted(start));
    map("brisk/flowmate");
    String stranger = hub.token(RunningHub.unique("t-stranger"), "admin");

    Answer named =
        hub.post(
            "/api/v1/telemetry/replay",
            stranger,
            Map.of("from", "2026-01-01T00:00:00Z", "device", device.id()));
    Answer all =
        hub.post("/api/v1/telemetry/replay", stranger, Map.of("from", "2026-01-01T00:00:00Z"));

    assertThat(named.status()).isEqualTo(400);
    assertThat(named.text("field")).isEqualTo("device");
    assertThat(end(all.text("id"), stranger).path("done").asInt()).isZero();
    assertThat(metrics()).containsExactly("flow 1 999", "wrong_name 1 1");
  }

  @Test
  void rawMessagesExpire() throws Exception {
    enable();
    publish(BOTH.formatted(start));
    hub.owner()
        .sql("select ensure_raw_day((now() - interval '3 days')::date)::text")
        .query((r, n) -> "")
        .list();
    hub.owner()
        .sql("update raw_messages set received_at = now() - interval '3 days' where tenant_id = ?")
        .param(tenant)
        .update();
    RawExpiry expiry = hub.bean(RawExpiry.class);

    expiry.expire();
    assertThat(raw()).isEqualTo(1);
    settings(Map.of("raw_archive", Map.of("keep_days", 2)));
    expiry.expire();

    assertThat(raw()).isZero();
  }

  private void enable() {
    settings(Map.of("raw_archive", Map.of("enabled", true)));
  }

  private void settings(Map<String, Object> settings) {
    assertThat(
            hub.send("PATCH", "/api/v1/tenant/settings", admin, RunningHub.publisher(settings))
                .status())
        .isEqualTo(200);
  }

  private void map(String mapping) {
    assertThat(
            hub.send(
                    "PATCH",
                    "/api/v1/devices/" + device.id(),
                    admin,
                    RunningHub.publisher(Map.of("mapping", mapping)))
                .status())
        .isEqualTo(200);
  }

  private JsonNode replay(Map<String, Object> what) {
    Answer begun = hub.post("/api/v1/telemetry/replay", admin, what);
    assertThat(begun.status()).isEqualTo(202);
    return end(begun.text("id"), admin);
  }

  private JsonNode end(String replay, String token) {
    return await()
        .atMost(Duration.ofMinutes(1))
        .until(
            () -> hub.get("/api/v1/replays/" + replay, token).json(),
            job -> List.of("done", "failed").contains(job.path("state").asText()));
  }

  private String topic() {
    return "t/" + tenant + "/d/" + device.id() + "/telemetry";
  }

  private void publish(String payload) throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      mqtt.publish(topic(), payload).get(60, TimeUnit.SECONDS);
    }
  }

  private long raw() {
    return hub.count("select count(*) from raw_messages where tenant_id = ?", tenant);
  }

  private List<String> metrics() {
    return new ArrayList<>(
        hub.owner()
            .sql(
                """
                select m.key || ' ' || count(*) || ' ' || max(t.value) from telemetry t join devices d on d.key = t.device_id
                  join metrics m on m.id = t.metric_id where d.id::text = ? group by m.key order by m.key\
                """)
            .param(device.id())
            .query(String.class)
            .list());
  }
}
