package io.caravanhub.hub.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Dead letters: found, looked at, mended, replayed in bulk, expired, told of; each tenant its own.
 */
class LettersTest {
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-letters");
  private final String admin = hub.token(tenant, "admin");
  private final String stranger = hub.token(RunningHub.unique("t-stranger"), "admin");
  private final Registered device = hub.device(admin, Map.of("device_type", "sensor"));

  @Test
  void oneIsShownWhole() {
    String text =
        letter(
            "mqtt",
            "value",
            "expected a number",
            "{\"a\": \"ä\"}".getBytes(StandardCharsets.UTF_8));
    String bytes = letter("mqtt", "body", "is not JSON", new byte[] {0, (byte) 0xff, 1});

    JsonNode one = hub.get("/api/v1/dead-letters/" + text, admin).json();
    JsonNode other = hub.get("/api/v1/dead-letters/" + bytes, admin).json();

    assertThat(one.path("payload").asText()).isEqualTo("{\"a\": \"ä\"}");
    assertThat(one.at("/headers/hub-source").asText()).isEqualTo("mqtt");
    assertThat(one.path("tries").asInt()).isEqualTo(1);
    assertThat(one.path("last_try_at").asText()).isNotEmpty();
    assertThat(Base64.getDecoder().decode(other.path("payload_base64").asText()))
        .containsExactly(0, 0xff, 1);
    assertThat(hub.get("/api/v1/dead-letters/" + text, stranger).status()).isEqualTo(404);
  }

  @Test
  void areFoundByDeviceSourceFieldReasonStatusAndTime() {
    letter("mqtt", "metrics.t", "expected a number", "{}".getBytes(StandardCharsets.UTF_8));
    letter("webhook:kestrel", "timestamp", "is too old", "{}".getBytes(StandardCharsets.UTF_8));

    assertThat(found("device=" + device.serial())).isEqualTo(2);
    assertThat(found("device=" + device.id())).isEqualTo(2);
    assertThat(found("source=mqtt")).isEqualTo(1);
    assertThat(found("field=timestamp")).isEqualTo(1);
    assertThat(found("reason=T:%20EXPECTED")).isEqualTo(1);
    assertThat(found("status=replayed")).isZero();
    assertThat(found("from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z")).isZero();
    Answer wrong = hub.get("/api/v1/dead-letters?from=yesterday", admin);
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.text("field")).isEqualTo("from");
    assertThat(hub.get("/api/v1/dead-letters?status=lost", admin).text("field"))
        .isEqualTo("status");
  }

  @Test
  void oneIsMendedAndReplayedAndBothPayloadsStay() {
    String id = unusable("\"hot\"");

    Answer worse = replay(id, Map.of("payload", "{\"metrics\": {\"temperature\": \"cold\"}}"));
    Answer mended = replay(id, Map.of("payload", "{\"metrics\": {\"temperature\": 20}}"));

    assertThat(worse.status()).isEqualTo(422);
    assertThat(worse.text("field")).isEqualTo("metrics.temperature");
    assertThat(mended.status()).isEqualTo(200);
    assertThat(hub.rows(device)).isEqualTo(1);
    JsonNode letter = hub.get("/api/v1/dead-letters/" + id, admin).json();
    assertThat(letter.path("payload").asText()).contains("hot");
    assertThat(letter.path("status").asText()).isEqualTo("replayed");
    assertThat(letter.path("tries").asInt()).isEqualTo(3);
    assertThat(letter.path("edits").findValuesAsText("payload"))
        .containsExactly(
            "{\"metrics\": {\"temperature\": 20}}", "{\"metrics\": {\"temperature\": \"cold\"}}");
    assertThat(letter.at("/edits/0/outcome").asText()).isEqualTo("replayed");
    assertThat(letter.at("/edits/1/outcome").asText()).startsWith("metrics.temperature: expected");
    assertThat(
            hub.count(
                "select count(*) from audit where tenant_id = ? and verb = 'dead_letter.replay'",
                tenant))
        .isEqualTo(2);
  }

  @Test
  void oneOfAnotherTenantIsNeitherReplayedNorDiscarded() {
    String id = unusable("\"hot\"");

    assertThat(
            hub.post("/api/v1/dead-letters/" + id + "/replay", stranger, Map.of("payload", "{}"))
                .status())
        .isEqualTo(404);
    assertThat(hub.post("/api/v1/dead-letters/" + id + "/discard", stranger, "{}").status())
        .isEqualTo(404);
    assertThat(
            hub.post("/api/v1/dead-letters/discard", stranger, "{}")
                .json()
                .path("discarded")
                .asInt())
        .isZero();
    assertThat(hub.get("/api/v1/dead-letters/" + id, admin).text("status")).isEqualTo("kept");
  }

  @Test
  void allThatAFilterNamesAreReplayedInTheBackgroundAndTheOthersStay() {
    for (int i = 0; i < 120; i++) {
      letter(
          "mqtt",
          "device_id",
          "unknown device",
          ("{\"timestamp\": \"2026-01-01T00:00:00."
                  + (100 + i)
                  + "Z\", \"metrics\": {\"temperature\": 20}}")
              .getBytes(StandardCharsets.UTF_8));
    }
    unusable("\"hot\"");
    letter("http", "device_id", "unknown device", "{}".getBytes(StandardCharsets.UTF_8));

    Answer begun = hub.post("/api/v1/dead-letters/replay", admin, Map.of("source", "mqtt"));

    assertThat(begun.status()).isEqualTo(202);
    JsonNode done = end(begun.text("id"), admin);
    assertThat(done.path("state").asText()).isEqualTo("done");
    assertThat(done.path("total").asInt()).isEqualTo(121);
    assertThat(done.path("done").asInt()).isEqualTo(121);
    assertThat(done.path("failed").asInt()).isEqualTo(1);
    assertThat(hub.rows(device)).isEqualTo(120);
    assertThat(found("status=kept")).isEqualTo(2);
    assertThat(hub.get("/api/v1/replays/" + begun.text("id"), stranger).status()).isEqualTo(404);
    assertThat(hub.get("/api/v1/replays", stranger).json().path("items").size()).isZero();

    JsonNode again =
        end(
            hub.post("/api/v1/dead-letters/replay", admin, Map.of("source", "mqtt")).text("id"),
            admin);
    assertThat(again.path("done").asInt()).isEqualTo(1);
    assertThat(hub.rows(device)).isEqualTo(120);
  }

  @Test
  void aReplayThatWasCutOffGoesOnWhereItWas() {
    for (int i = 0; i < 6; i++) {
      letter(
          "mqtt",
          "device_id",
          "unknown device",
          ("{\"timestamp\": \"2026-01-01T00:00:0" + i + "Z\", \"metrics\": {\"temperature\": 20}}")
              .getBytes(StandardCharsets.UTF_8));
    }
    String cutOff =
        hub.owner()
            .sql(
                """
                insert into replays (tenant_id, kind, filter, state, total, done, position, actor)
                select tenant_id, 'dead_letters', '{}', 'running', 6, 4, to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z" ') || id, 'a'
                  from dead_letters where tenant_id = ? order by created_at, id offset 3 limit 1 returning id::text\
                """)
            .param(tenant)
            .query(String.class)
            .single();

    hub.post("/api/v1/dead-letters/replay", admin, Map.of("field", "none"));

    JsonNode done = end(cutOff, admin);
    assertThat(done.path("done").asInt()).isEqualTo(6);
    assertThat(hub.rows(device)).isEqualTo(2);
    assertThat(found("status=kept")).isEqualTo(4);
  }

  @Test
  void aReplayIsCancelledOnce() throws SQLException {
    String id;
    try (Connection owner = hub.database().getConnection();
        Statement statement = owner.createStatement()) {
      // Without the trigger nobody hears of it and begins it.
      statement.execute("set session_replication_role = replica");
      try (ResultSet row =
          statement.executeQuery(
              "insert into replays (tenant_id, kind, filter, actor) values ('%s', 'dead_letters', '{}', 'a') returning id::text"
                  .formatted(tenant))) {
        row.next();
        id = row.getString(1);
      }
    }

    assertThat(hub.post("/api/v1/replays/" + id + "/cancel", stranger, "{}").status())
        .isEqualTo(404);
    assertThat(hub.post("/api/v1/replays/" + id + "/cancel", admin, "{}").text("state"))
        .isEqualTo("cancelled");
    assertThat(hub.post("/api/v1/replays/" + id + "/cancel", admin, "{}").status()).isEqualTo(409);
  }

  @Test
  void someAreDiscarded() {
    String id = unusable("\"hot\"");
    letter("mqtt", "body", "is not JSON", "x".getBytes(StandardCharsets.UTF_8));

    assertThat(hub.post("/api/v1/dead-letters/" + id + "/discard", admin, "{}").status())
        .isEqualTo(200);
    assertThat(
            hub.post("/api/v1/dead-letters/discard", admin, Map.of("reason", "not JSON"))
                .json()
                .path("discarded")
                .asInt())
        .isEqualTo(1);
    assertThat(found("status=discarded")).isEqualTo(2);
    assertThat(replay(id, Map.of()).status()).isEqualTo(404);
    assertThat(hub.post("/api/v1/dead-letters/discard", admin, Map.of("resaon", "x")).text("field"))
        .isEqualTo("resaon");
  }

  @Test
  void expireAfterTheDaysThatTheTenantKeepsThem() {
    String old = unusable("\"hot\"");
    String young = unusable("\"cold\"");
    hub.owner()
        .sql("update dead_letters set created_at = now() - interval '8 days' where id::text = ?")
        .param(old)
        .update();
    LetterKeeping keeping = hub.bean(LetterKeeping.class);

    keeping.expire();
    assertThat(hub.get("/api/v1/dead-letters/" + old, admin).status()).isEqualTo(200);
    settings(Map.of("dead_letters", Map.of("keep_days", 7)));
    double before = hub.counted("hub.dead.letters.expired");
    keeping.expire();

    assertThat(hub.get("/api/v1/dead-letters/" + old, admin).status()).isEqualTo(404);
    assertThat(hub.get("/api/v1/dead-letters/" + young, admin).status()).isEqualTo(200);
    assertThat(hub.counted("hub.dead.letters.expired")).isGreaterThan(before);
  }

  @Test
  void aNoticeIsRaisedWhereTheyGrowAndResolvedWhereTheyDoNot() {
    settings(Map.of("dead_letters", Map.of("alarm_count", 2, "alarm_minutes", 5)));
    for (int i = 0; i < 3; i++) {
      unusable("\"hot\"");
    }
    LetterKeeping keeping = hub.bean(LetterKeeping.class);

    keeping.look();
    keeping.look();

    JsonNode notices = hub.get("/api/v1/notices", admin).json().path("items");
    assertThat(notices.size()).isEqualTo(1);
    assertThat(notices.at("/0/kind").asText()).isEqualTo("dead_letters_growing");
    assertThat(notices.at("/0/message").asText()).startsWith("3 messages in 5 min");
    assertThat(hub.get("/api/v1/notices", stranger).json().path("items").size()).isZero();
    assertThat(keeping.growing()).isPositive();

    hub.post("/api/v1/dead-letters/discard", admin, "{}");
    keeping.look();
    assertThat(hub.get("/api/v1/notices", admin).json().at("/items/0/resolvedAt").isNull())
        .isFalse();
  }

  @Test
  void onlyAnAdminChangesTheSettings() {
    assertThat(
            hub.send(
                    "PATCH",
                    "/api/v1/tenant/settings",
                    hub.token(tenant, "engineer"),
                    RunningHub.publisher("{}"))
                .status())
        .isEqualTo(403);
    Answer wrong =
        hub.send(
            "PATCH",
            "/api/v1/tenant/settings",
            admin,
            RunningHub.publisher(Map.of("dead_letters", Map.of("keep_days", 0))));
    assertThat(wrong.status()).isEqualTo(400);
    assertThat(wrong.text("field")).isEqualTo("keep_days");
  }

  private void settings(Map<String, Object> settings) {
    assertThat(
            hub.send("PATCH", "/api/v1/tenant/settings", admin, RunningHub.publisher(settings))
                .status())
        .isEqualTo(200);
  }

  private JsonNode end(String replay, String token) {
    return await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> hub.get("/api/v1/replays/" + replay, token).json(),
            job -> List.of("done", "failed").contains(job.path("state").asText()));
  }

  private int found(String query) {
    return hub.get("/api/v1/dead-letters?" + query, admin).json().path("items").size();
  }

  private Answer replay(String id, Map<String, Object> body) {
    return hub.post("/api/v1/dead-letters/" + id + "/replay", admin, body);
  }

  private String unusable(String temperature) {
    return letter(
        "mqtt",
        "metrics.temperature",
        "expected a number",
        ("{\"metrics\": {\"temperature\": " + temperature + "}}").getBytes(StandardCharsets.UTF_8));
  }

  private String letter(String source, String field, String reason, byte[] payload) {
    return hub.owner()
        .sql(
            """
            insert into dead_letters (tenant_id, device, source, field, reason, payload, headers)
            values (:tenant, :device, :source, :field, :reason, :payload,
                    jsonb_build_object('hub-tenant', :tenant, 'hub-device', :device, 'hub-source', :source)) returning id::text\
            """)
        .param("tenant", tenant)
        .param("device", device.id())
        .param("source", source)
        .param("field", field)
        .param("reason", reason)
        .param("payload", payload)
        .query(String.class)
        .single();
  }
}
