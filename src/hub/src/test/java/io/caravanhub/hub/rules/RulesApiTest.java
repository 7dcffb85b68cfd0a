package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rules and threshold rules over the API, in the running hub. */
class RulesApiTest {
  private static final String EVENT =
      "\"event\": {\"type\": \"warning\", \"severity\": \"low\", \"family\": \"f\", \"message\":"
          + " \"{metric} {value}\"}";

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-rules");
  private final String admin = hub.token(tenant, "admin");

  @Test
  void aThresholdRuleIsInForceWithinTwoSecondsAndRaisesOnceInItsCooldown() {
    Registered device = hub.device(admin, Map.of("device_type", "oven"));
    Answer made =
        post(
            "/threshold-rules",
            Map.of(
                "name", "Oven too hot",
                "condition", "temperature > 90",
                "event_type", "critical_fault",
                "severity", "critical",
                "cooldown_seconds", 3600,
                "scope", Map.of("device_type", "oven")));
    assertThat(made.status()).as(made.toString()).isEqualTo(201);
    assertThat(made.text("id")).isEqualTo("oven-too-hot");
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> get("/rules").body().contains("\"oven-too-hot\""));

    for (double temperature : new double[] {80, 95, 80, 97}) {
      measure(device, temperature);
    }

    await().atMost(Duration.ofSeconds(30)).until(() -> events().size() == 1);
    JsonNode event = events().get(0);
    assertThat(event.path("eventType").asText()).isEqualTo("critical_fault");
    assertThat(event.path("value").asDouble()).isEqualTo(95);
    assertThat(event.path("threshold").asDouble()).isEqualTo(90);
    assertThat(event.path("message").asText()).startsWith("Oven too hot: temperature is 95");
  }

  @Test
  void aThresholdRuleIsListedChangedFieldByFieldAndTakenAway() {
    Map<String, Object> fields =
        Map.of(
            "name", "Damp",
            "condition", "humidity > 70 and temperature < 10",
            "event_type", "warning",
            "severity", "low",
            "cooldown_seconds", 900);
    String id = post("/threshold-rules", fields).text("id");

    Answer changed = send("PATCH", "/threshold-rules/" + id, Map.of("severity", "high"));
    assertThat(changed.text("severity")).isEqualTo("high");
    assertThat(changed.text("condition")).isEqualTo("humidity > 70 and temperature < 10");
    assertThat(changed.json().path("cooldown_seconds").asInt()).isEqualTo(900);
    assertThat(changed.json().path("version").asInt()).isEqualTo(2);
    assertThat(get("/threshold-rules").json().path("items").findValuesAsText("id"))
        .containsExactly(id);

    assertThat(send("DELETE", "/threshold-rules/" + id, Map.of()).status()).isEqualTo(200);
    assertThat(get("/threshold-rules/" + id).status()).isEqualTo(404);
    assertThat(get("/rules/" + id + "/versions").json().path("items")).hasSize(3);
    assertThat(
            hub.count(
                "select count(*) from audit where tenant_id = ? and verb like 'rule.%'", tenant))
        .isEqualTo(3);
  }

  @Test
  void aThresholdRuleThatTheConsoleSwitchedOffIsStillOneToItsMaker() {
    String id =
        post(
                "/threshold-rules",
                Map.of(
                    "name", "Stuffy",
                    "condition", "co2 > 1500",
                    "event_type", "warning",
                    "severity", "low"))
            .text("id");
    Answer saved = get("/rules/" + id);
    ObjectNode off = saved.json().path("definition").deepCopy();
    off.put("enabled", false).put("mode", "shadow");
    assertThat(put(id, saved.tag(), off.toString()).status()).isEqualTo(200);

    assertThat(get("/threshold-rules/" + id).json().path("enabled").asBoolean()).isFalse();
    send("PATCH", "/threshold-rules/" + id, Map.of("severity", "high"));
    assertThat(get("/rules/" + id).json().path("definition").path("mode").asText())
        .isEqualTo("shadow");
    assertThat(get("/threshold-rules?device_type=oven").json().path("items")).isEmpty();
    assertThat(send("DELETE", "/threshold-rules/" + id, Map.of()).status()).isEqualTo(200);
  }

  @Test
  void aRuleHasVersionsAndIsChangedByWhoSawTheLast() {
    Answer made = post("/rules", rule("r", "\"when\": {\"metric\": \"co2\", \"above\": 1000}"));
    assertThat(made.status()).as(made.toString()).isEqualTo(201);
    assertThat(made.tag()).isEqualTo("\"1\"");
    assertThat(post("/rules", rule("r", "\"when\": {\"metric\": \"co2\", \"above\": 1}")).status())
        .isEqualTo(409);

    String second = rule("r", "\"when\": {\"metric\": \"co2\", \"above\": 1200}");
    assertThat(put("r", "\"1\"", second).status()).isEqualTo(200);
    assertThat(put("r", "\"1\"", second).status()).isEqualTo(412);
    assertThat(get("/rules/r").json().path("definition").path("when").path("above").asInt())
        .isEqualTo(1200);
    assertThat(get("/rules/r/versions").json().path("items").findValuesAsText("version"))
        .containsExactly("2", "1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"when\": {\"metric\": \"temprature\", \"above\": 1} | when.metric | unknown metric",
        "\"when\": {\"metric\": \"co2\", \"above\": 1, \"unit\": \"kPa\"} | when.unit | cannot"
            + " become",
        "\"when\": {\"metric\": \"co2\", \"statistic\": \"mean\", \"over\": \"P99D\", \"above\": 1}"
            + " | when.over | longer than 31 days",
        "\"condition\": \"co2 > \" | condition | not a JSONata expression",
        "\"condition\": \"co3 > 1 and co2 > 1\" | condition | unknown metric",
        "\"when\": {\"drl\": \"nothing\", \"metrics\": [\"co2\"]} | when.drl | no file nothing.drl",
        "\"when\": {\"metric\": \"co2\", \"above\": 1}, \"scope\": {\"asset\": \"nowhere\"} |"
            + " scope.asset | no asset or device",
      })
  void aRuleThatCannotBeIsRefusedWithAPointer(String body, String field, String detail) {
    Answer refused = post("/rules", rule("bad", body));
    assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
    assertThat(refused.text("field")).isEqualTo(field);
    assertThat(refused.text("detail")).contains(detail);
    assertThat(refused.text("pointer")).isEqualTo("/" + field.replace('.', '/'));
  }

  @Test
  void anAssetThatIsPartOfItselfIsNoScope() {
    for (String id : List.of("A", "B")) {
      hub.post("/api/v1/assets", admin, Map.of("id", id, "name", id));
    }
    send("PATCH", "/assets/A", Map.of("parent_id", "B"));
    send("PATCH", "/assets/B", Map.of("parent_id", "A"));
    Answer refused =
        post(
            "/rules",
            rule("r", "\"scope\": {\"asset\": \"A\"}, \"condition\": \"temperature > 1\""));
    assertThat(refused.text("field")).isEqualTo("scope.asset");
    assertThat(refused.text("detail")).isEqualTo("is part of itself: A in B in A");
  }

  @Test
  void anotherTenantSeesNothingOfItAndViewersChangeNothing() {
    post("/rules", rule("mine", "\"condition\": \"temperature > 1\""));
    String other = hub.token(RunningHub.unique("t-other"), "admin");
    assertThat(hub.get("/api/v1/rules/mine", other).status()).isEqualTo(404);
    assertThat(hub.get("/api/v1/rules", other).body()).doesNotContain("\"mine\"");
    String viewer = hub.token(tenant, "viewer");
    assertThat(hub.post("/api/v1/rules", viewer, rule("v", "\"condition\": \"co2 > 1\"")).status())
        .isEqualTo(403);
  }

  @Test
  void aDraftOnStoredHistoryShowsItsEventsBesideThoseThereWere() {
    Registered device = hub.device(admin, Map.of("device_type", "oven"));
    Instant from = Instant.now().minus(Duration.ofDays(3));
    StoredPast.twoHotSpells(hub, device.id(), from);
    String real =
        hub.owner()
            .sql(
                """
                insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at, resolved_at)
                values (?, 'k', ?::uuid, 'old', 'f', 'warning', 'low', 'm', ?::timestamptz, now(), ?::timestamptz) returning id::text
                """)
            .params(
                tenant,
                device.id(),
                from.plusSeconds(86_400 + 600).toString(),
                from.plusSeconds(86_400 + 1800).toString())
            .query(String.class)
            .single();
    String draft =
        rule("draft", "\"when\": {\"metric\": \"temperature\", \"above\": 90, \"for\": \"PT10M\"}");

    Answer report =
        post("/rules/backtest", "{\"from\": \"" + from + "\", \"rule\": " + draft + "}");

    assertThat(report.status()).as(report.toString()).isEqualTo(200);
    JsonNode said = report.json();
    assertThat(said.path("readings").asInt()).isGreaterThan(4000);
    assertThat(said.path("events")).hasSize(2);
    assertThat(said.path("events").path(0).path("realEvent").asText()).isEqualTo(real);
    assertThat(said.path("events").path(1).path("realEvent").isNull()).isTrue();
    assertThat(said.path("agreed").asInt()).isEqualTo(1);
    assertThat(said.path("missed").asInt()).isZero();
    assertThat(hub.count("select count(*) from events where tenant_id = ?", tenant)).isEqualTo(1);
  }

  @Test
  void aDraftThatAsksTheFleetAndTheAssetIsRunOverAllOfThemTogether() {
    Instant from = Instant.now().minus(Duration.ofDays(2));
    Registered odd = null;
    for (int n = 0; n < 5; n++) {
      Registered one =
          hub.device(admin, Map.of("device_type", "oven", "equipment_id", "E" + n % 4));
      String hot = n == 4 ? "case when n between 100 and 130 then 90 else 60 end" : "60";
      StoredPast.fill(hub, one.id(), "temperature", from, hot, 2000);
      odd = one;
    }
    String fleet =
        rule(
            "odd",
            "\"scope\": {\"device_type\": \"oven\"}, \"when\": {\"metric\": \"temperature\","
                + " \"above\": {\"fleet\": \"device_type\", \"plus\": 10}}");
    JsonNode said =
        post("/rules/backtest", "{\"from\": \"" + from + "\", \"rule\": " + fleet + "}").json();
    assertThat(said.path("notes")).isEmpty();
    assertThat(said.path("devices").asInt()).isEqualTo(5);
    assertThat(said.path("events")).hasSize(1);
    assertThat(said.path("events").path(0).path("device").asText()).isEqualTo(odd.id());
    assertThat(said.path("events").path(0).path("threshold").asDouble()).isEqualTo(70);

    String asset =
        rule("near", "\"when\": {\"metric\": \"temperature\", \"above\": 80, \"from\": \"asset\"}");
    said = post("/rules/backtest", "{\"from\": \"" + from + "\", \"rule\": " + asset + "}").json();
    // Only the first oven stands at the asset of the fifth.
    assertThat(said.path("events")).hasSize(1);
    assertThat(said.path("events").path(0).path("device").asText()).isNotEqualTo(odd.id());
  }

  @Test
  void aDraftWhoseExpressionTakesTooLongIsToldSo() {
    Registered device = hub.device(admin, Map.of("device_type", "oven"));
    Instant from = Instant.now().minus(Duration.ofHours(1));
    StoredPast.fill(hub, device.id(), "temperature", from, "95", 50);
    String slow =
        "$count($map([1..3000], function($i) { $count([1..3000][$ = $i]) })) > temperature";
    JsonNode said =
        post(
                "/rules/backtest",
                "{\"from\": \"%s\", \"rule\": %s}"
                    .formatted(from, rule("slow", "\"condition\": \"" + slow + "\"")))
            .json();
    assertThat(said.path("readings").asInt()).isGreaterThan(40);
    assertThat(said.path("notes").path(0).asText()).startsWith("takes too long");
    assertThat(get("/rules").body()).doesNotContain("takes too long");
  }

  @Test
  void aSavedLimitInAnotherUnitIsInForceInTheMetricsOwn() {
    Registered device = hub.device(admin, Map.of("device_type", "oven"));
    post(
        "/rules",
        rule(
            "hot",
            "\"when\": {\"metric\": \"temperature\", \"above\": 194, \"unit\": \"[degF]\"}"));
    await().atMost(Duration.ofSeconds(30)).until(() -> get("/rules").body().contains("\"hot\""));
    measure(device, 85);
    measure(device, 95);
    await().atMost(Duration.ofSeconds(30)).until(() -> events().size() == 1);
    assertThat(events().get(0).path("threshold").asDouble()).isEqualTo(90);
  }

  @Test
  void aShadowRuleNotesWhatItWouldRaiseAndRaisesNothing() {
    Registered device = hub.device(admin, Map.of("device_type", "oven"));
    post("/rules", rule("quiet", "\"mode\": \"shadow\", \"condition\": \"temperature > 90\""));
    await().atMost(Duration.ofSeconds(30)).until(() -> get("/rules").body().contains("\"quiet\""));
    measure(device, 95);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> get("/rules/quiet/shadow").json().path("items").size() == 1);
    measure(device, 20);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(
            () ->
                !get("/rules/quiet/shadow")
                    .json()
                    .path("items")
                    .path(0)
                    .path("resolved_at")
                    .isNull());
    assertThat(events()).isEmpty();
  }

  private void measure(Registered device, double temperature) {
    Answer taken =
        hub.ingest(
            device.token(),
            Map.of(
                "device_id",
                device.id(),
                "timestamp",
                Instant.now().toString(),
                "measurements",
                List.of(Map.of("name", "temperature", "value", temperature, "unit", "Cel"))));
    assertThat(taken.status()).as(taken.toString()).isEqualTo(202);
  }

  private JsonNode events() {
    return get("/events").json().path("items");
  }

  private static String rule(String id, String more) {
    return "{\"id\": \"" + id + "\", " + more + ", " + EVENT + "}";
  }

  private Answer get(String path) {
    return hub.get("/api/v1" + path, admin);
  }

  private Answer post(String path, Object body) {
    return hub.post("/api/v1" + path, admin, body);
  }

  private Answer send(String method, String path, Object body) {
    return hub.send(method, "/api/v1" + path, admin, RunningHub.publisher(body));
  }

  private Answer put(String id, String match, String body) {
    return hub.send(
        HttpRequest.newBuilder(hub.uri("/api/v1/rules/" + id))
            .PUT(BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + admin)
            .header("If-Match", match)
            .build());
  }
}
