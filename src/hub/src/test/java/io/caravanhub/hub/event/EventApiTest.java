package io.caravanhub.hub.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventApiTest {
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t");
  private String admin;
  private Registered device;

  @BeforeEach
  void takeATenant() {
    admin = hub.token(tenant, "admin");
    device = hub.device(admin, Map.of("device_type", "sensor"));
  }

  @Test
  void anEventIsToldWithItsProblemTimelineAndWhatItCanBeTold() {
    String first = event("first", "warning", "low");
    String second = event("second", "critical_fault", "critical");
    hub.post("/api/v1/events/" + first + "/acknowledge", admin, Map.of("note", "seen"));
    JsonNode event = hub.get("/api/v1/events/" + first, admin).json();
    assertThat(event.path("id").asText()).isEqualTo(first);
    assertThat(event.path("active").asBoolean()).isTrue();
    assertThat(event.path("evidence").isObject()).isTrue();
    assertThat(event.at("/problem/family").asText()).isEqualTo("f");
    assertThat(event.at("/problem/events/0/id").asText()).isEqualTo(second);
    assertThat(event.path("timeline").findValuesAsText("change"))
        .containsExactly("raised", "acknowledged");
    assertThat(event.path("allowed").toString())
        .isEqualTo("[\"dismiss\",\"shelve\",\"resolve\",\"note\"]");
  }

  @Test
  void aCommandThatItsStateForbidsIsAConflictThatSaysWhatIsAllowed() {
    String id = event("r", "warning", "low");
    assertThat(told(id, "dismiss", Map.of("reason", "known", "note", "summer")).status())
        .isEqualTo(200);
    Answer refused = told(id, "acknowledge", Map.of());
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("detail")).contains("it can be told to reopen, note");
    assertThat(told(UUID.randomUUID().toString(), "resolve", Map.of()).status()).isEqualTo(404);
    assertThat(told(id, "reopen", Map.of()).text("status")).isEqualTo("open");
    Answer bad = told(id, "dismiss", Map.of("reason", "because"));
    assertThat(bad.status()).isEqualTo(400);
    assertThat(bad.text("field")).isEqualTo("reason");
    assertThat(told(id, "note", Map.of()).text("field")).isEqualTo("note");
    assertThat(told(id, "shelve", Map.of("until", "2020-01-01T00:00:00Z")).text("field"))
        .isEqualTo("until");
  }

  @Test
  void manyAreToldAtOnceAndEachHasItsAnswer() {
    String one = event("a", "warning", "low");
    String two = event("b", "warning", "low");
    told(two, "resolve", Map.of());
    Answer answer =
        hub.post(
            "/api/v1/events/acknowledge",
            admin,
            Map.of("ids", List.of(one, two, "x"), "note", "n"));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("changed").asInt()).isEqualTo(1);
    assertThat(answer.json().path("results").findValuesAsText("status"))
        .containsExactly("acknowledged", "resolved", "null");
    assertThat(answer.json().at("/results/1/reason").asText()).contains("reopen");
    assertThat(hub.post("/api/v1/events/shelve", admin, Map.of("ids", List.of())).text("field"))
        .isEqualTo("ids");
  }

  @Test
  void listsAreFilteredByAllThatIsAsked() {
    String low = event("low-rule", "warning", "low");
    String critical = event("critical-rule", "critical_fault", "critical");
    told(low, "resolve", Map.of());
    assertThat(ids("severity=critical,high")).containsExactly(critical);
    assertThat(ids("type=warning")).containsExactly(low);
    assertThat(ids("status=resolved,dismissed")).containsExactly(low);
    assertThat(ids("active=true")).containsExactlyInAnyOrder(low, critical);
    assertThat(ids("rule=low-rule")).containsExactly(low);
    assertThat(ids("q=CRITICAL-ru")).containsExactly(critical);
    assertThat(ids("family=f&device=" + device.serial())).hasSize(2);
    assertThat(ids("since=" + Instant.now().plusSeconds(60))).isEmpty();
    assertThat(hub.get("/api/v1/events?status=nonsense", admin).text("field")).isEqualTo("status");
  }

  @Test
  void theHubItselfTakesEventsFromTheShelf() {
    String id = event("r", "warning", "low");
    assertThat(told(id, "shelve", Map.of("minutes", "5")).text("status")).isEqualTo("shelved");
    hub.owner()
        .sql("update events set shelved_until = now() where id = ?::uuid")
        .params(id)
        .update();
    await()
        .atMost(Duration.ofSeconds(15))
        .until(() -> hub.get("/api/v1/events/" + id, admin).text("status").equals("open"));
  }

  @Test
  void figuresOfAlarmsAndRulesAreTold() {
    event("r", "warning", "low");
    JsonNode figures = hub.get("/api/v1/alarm-performance", admin).json();
    assertThat(figures.path("alarms").asInt()).isEqualTo(1);
    assertThat(figures.at("/topTen/0/rule").asText()).isEqualTo("r");
    assertThat(hub.get("/api/v1/rules/r/figures", admin).json().path("events").asInt())
        .isEqualTo(1);
    assertThat(hub.get("/api/v1/alarm-performance?from=yesterday", admin).text("field"))
        .isEqualTo("from");
  }

  private Answer told(String id, String command, Map<String, Object> body) {
    return hub.post("/api/v1/events/" + id + "/" + command, admin, body);
  }

  private List<String> ids(String query) {
    return hub.get("/api/v1/events?" + query, admin).json().path("items").findValuesAsText("id");
  }

  private String event(String rule, String type, String severity) {
    return hub.owner()
        .sql(
            """
            insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at)
            values (?, ?, ?::uuid, ?, 'f', ?, ?, 'm', now(), now()) returning id::text
            """)
        .params(tenant, rule, device.id(), rule, type, severity)
        .query(String.class)
        .single();
  }
}
