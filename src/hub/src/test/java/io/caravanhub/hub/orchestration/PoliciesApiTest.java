package io.caravanhub.hub.orchestration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Policies and explanations over the API, in the running hub. */
class PoliciesApiTest {
  private static final String MINE =
      "{\"id\": \"mine\", \"when\": {\"event_type\": \"warning\"}, \"then\": [{\"kind\": \"task\", \"priority\": %d}]}";

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-policies");
  private final String admin = hub.token(tenant, "admin");

  @Test
  void aPolicyIsSavedListedVersionedAndChangedByWhoSawTheLast() {
    Answer made = send("POST", "/policies", MINE.formatted(3), null);
    assertThat(made.status()).as(made.toString()).isEqualTo(201);
    assertThat(made.tag()).isEqualTo("\"1\"");
    assertThat(send("POST", "/policies", MINE.formatted(3), null).status()).isEqualTo(409);
    assertThat(send("PUT", "/policies/mine", MINE.formatted(4), "\"1\"").status()).isEqualTo(200);
    assertThat(send("PUT", "/policies/mine", MINE.formatted(5), "\"1\"").status()).isEqualTo(412);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> get("/policies").body().contains("\"priority\":4"));
    assertThat(get("/policies").body()).contains("\"critical-fault\"", "default.yaml");
    assertThat(get("/policies/mine/versions").json().path("items").findValuesAsText("version"))
        .containsExactly("2", "1");
    assertThat(send("DELETE", "/policies/mine", "", null).status()).isEqualTo(200);
    assertThat(get("/policies/mine").status()).isEqualTo(404);
    assertThat(
            hub.count(
                "select count(*) from audit where tenant_id = ? and verb like 'policy.%'", tenant))
        .isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "POST | /policies | {\"id\": \"p\", \"then\": [{\"kind\": \"fax\"}]} | then[0].kind",
        "POST | /policies | {\"id\": \"p\", \"when\": {\"scope\": {\"colour\": \"red\"}}, \"then\": []} | when.scope.colour",
        "PUT | /policies/other | {\"id\": \"p\", \"then\": []} | id",
        "PUT | /policy-books/calendar | {\"zone\": \"Mars\", \"hours\": {\"mon\": \"08:00-17:00\"}} | zone",
        "PUT | /policy-books/calendar | {\"zone\": \"UTC\", \"hours\": {\"mon\": \"8-17\"}} | hours.mon",
        "PUT | /policy-books/limits | [{\"kind\": \"task\", \"per\": \"week\", \"most\": 1}] | [0].per",
        "POST | /policies/dry-run | {\"type\": \"warning\", \"severity\": \"bad\"} | severity",
        "POST | /policies/dry-run | {\"type\": \"warning\", \"severity\": \"low\", \"policy\": {\"id\": \"p\"}} | policy.then",
        "POST | /policies/replay | {\"from\": \"2020-01-01T00:00:00Z\"} | from",
      })
  void whatCannotBeIsRefusedWithAPointer(String method, String path, String body, String field) {
    Answer refused = send(method, path, body, null);
    assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
    assertThat(refused.text("field")).isEqualTo(field);
  }

  @Test
  void aDryRunTellsWhatWouldBeDoneAndWhyAndStoresNothing() {
    Registered device = hub.device(admin, Map.of("device_type", "oven"));
    JsonNode said =
        send(
                "POST",
                "/policies/dry-run",
                "{\"event\": {\"type\": \"critical_fault\", \"severity\": \"critical\", \"device\": \"%s\"}}"
                    .formatted(device.serial()),
                null)
            .json();
    assertThat(said.path("summary").asText())
        .isEqualTo("By the policy critical-fault: work order of priority 1 is planned.");
    assertThat(said.path("policies")).hasSize(4);
    assertThat(hub.count("select count(*) from actions where tenant_id = ?", tenant)).isZero();
  }

  @Test
  void aReplaySetsADraftBesideWhatWasDoneAndAnEventHasItsExplanation() {
    Registered device = hub.device(admin, Map.of("device_type", "oven"));
    send(
        "POST",
        "/threshold-rules",
        "{\"name\": \"hot\", \"condition\": \"temperature > 90\", \"event_type\": \"critical_fault\", \"severity\": \"critical\", \"cooldown_seconds\": 3600}",
        null);
    await().atMost(Duration.ofSeconds(30)).until(() -> get("/rules").body().contains("\"hot\""));
    hub.post(
        "/api/v1/telemetry/ingest",
        device.token(),
        "{\"device_id\": \"%s\", \"timestamp\": \"%s\", \"measurements\": [{\"name\": \"temperature\", \"value\": 95, \"unit\": \"Cel\"}]}"
            .formatted(device.serial(), java.time.Instant.now()));
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> get("/events").json().path("items").size() == 1);
    String event = get("/events").json().at("/items/0/id").asText();

    JsonNode explained = get("/events/" + event + "/explanation").json();
    assertThat(explained.path("summary").asText())
        .startsWith("By the policy critical-fault: work order CH-");
    assertThat(explained.at("/decisions/0/actions/0/outcome").asText()).isEqualTo("planned");
    assertThat(get("/events/" + java.util.UUID.randomUUID() + "/explanation").status())
        .isEqualTo(404);
    String other = hub.token(RunningHub.unique("t-other"), "admin");
    assertThat(hub.get("/api/v1/events/" + event + "/explanation", other).status()).isEqualTo(404);

    JsonNode report =
        send(
                "POST",
                "/policies/replay",
                "{\"policy\": {\"id\": \"critical-fault\", \"when\": {\"event_type\": \"critical_fault\"}, \"then\": [{\"kind\": \"task\"}]}}",
                null)
            .json();
    assertThat(report.path("events").asInt()).isEqualTo(1);
    assertThat(report.at("/would/task").asInt()).isEqualTo(1);
    assertThat(report.at("/were/work_order").asInt()).isEqualTo(1);
    assertThat(report.path("differing").asInt()).isEqualTo(1);
  }

  @Test
  void booksAreSavedAndTakenAwayAndViewersChangeNothing() {
    String limits = "[{\"kind\": \"work_order\", \"per\": \"asset\", \"most\": 3}]";
    assertThat(send("PUT", "/policy-books/limits", limits, null).tag()).isEqualTo("\"1\"");
    assertThat(get("/policy-books/limits").json().at("/definition/0/most").asInt()).isEqualTo(3);
    assertThat(send("DELETE", "/policy-books/limits", "", null).status()).isEqualTo(200);
    assertThat(get("/policy-books/limits").status()).isEqualTo(404);
    assertThat(get("/policy-books/nothing").status()).isEqualTo(404);
    String viewer = hub.token(tenant, "viewer");
    assertThat(hub.post("/api/v1/policies", viewer, MINE.formatted(1)).status()).isEqualTo(403);
    assertThat(get("/policies/schema").json().at("/$defs/policy").isObject()).isTrue();
  }

  private Answer get(String path) {
    return hub.get("/api/v1" + path, admin);
  }

  private Answer send(String method, String path, String body, String match) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(hub.uri("/api/v1" + path))
            .method(method, BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + admin);
    return hub.send((match == null ? request : request.header("If-Match", match)).build());
  }
}
