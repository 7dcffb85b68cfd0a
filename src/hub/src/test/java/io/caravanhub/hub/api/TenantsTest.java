package io.caravanhub.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two tenants on one hub. */
class TenantsTest {
  private final RunningHub hub = RunningHub.get();
  private final String one = hub.token(RunningHub.unique("t-one"), "admin");
  private final String tenantTwo = RunningHub.unique("t-two");
  private final String two = hub.token(tenantTwo, "admin");
  private final Map<String, Object> same =
      Map.of("device_serial", "SAME", "equipment_id", "EQ", "device_type", "sensor");
  private Registered ofOne;
  private Registered ofTwo;

  @BeforeEach
  void register() {
    ofOne = hub.device(one, same);
    ofTwo = hub.device(two, same);
    hub.post("/api/v1/assets", two, Map.of("id", "A", "name", "Theirs"));
    hub.post("/api/v1/devices/SAME/assets/A/link", two, Map.of());
  }

  @Test
  void seeTheirOwnDevicesOnly() {
    assertThat(items(hub.get("/api/v1/devices", one)).findValuesAsText("id"))
        .containsExactly(ofOne.id());
    assertThat(hub.get("/api/v1/devices/SAME", one).text("id")).isEqualTo(ofOne.id());
    assertThat(hub.get("/api/v1/devices/SAME", two).text("id")).isEqualTo(ofTwo.id());
    assertThat(hub.get("/api/v1/devices/" + ofTwo.id(), one).status()).isEqualTo(404);
    assertThat(hub.get("/api/v1/assets/A", one).status()).isEqualTo(404);
    assertThat(
            hub.send(
                    "DELETE",
                    "/api/v1/devices/" + ofTwo.id(),
                    one,
                    java.net.http.HttpRequest.BodyPublishers.noBody())
                .status())
        .isEqualTo(404);
  }

  @Test
  void readTheirOwnTelemetryOnly() {
    hub.ingest(two, Map.of("device_id", "SAME", "metrics", Map.of("temperature", 22)));

    for (String path :
        List.of("/devices/SAME", "/devices/" + ofTwo.id(), "/equipment/EQ", "/assets/A")) {
      for (String question : List.of("latest", "history", "aggregate")) {
        String url = "/api/v1" + path + "/telemetry/" + question;
        assertThat(items(hub.get(url, two)).size()).as(url).isEqualTo(1);
        Answer stranger = hub.get(url, one);
        boolean theirs = path.equals("/assets/A") || path.endsWith(ofTwo.id());
        assertThat(stranger.status()).as(url).isEqualTo(theirs ? 404 : 200);
        assertThat(stranger.json().path("items").size()).as(url).isZero();
      }
    }
  }

  @Test
  void writeTheirOwnTelemetryOnly() {
    Answer answer =
        hub.ingest(one, Map.of("device_id", ofTwo.id(), "metrics", Map.of("temperature", 1)));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(hub.rows(ofTwo)).isZero();
  }

  @Test
  void seeTheirOwnEventsAndActionsOnly() {
    String event =
        hub.owner()
            .sql(
                """
                insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at)
                values (?, 'k', ?::uuid, 'r', 'f', 'warning', 'low', 'm', now(), now()) returning id::text\
                """)
            .params(tenantTwo, ofTwo.id())
            .query(String.class)
            .single();

    assertThat(items(hub.get("/api/v1/events", two)).findValuesAsText("id")).contains(event);
    assertThat(items(hub.get("/api/v1/events", one)).size()).isZero();
    assertThat(items(hub.get("/api/v1/actions", one)).size()).isZero();
    assertThat(hub.post("/api/v1/events/" + event + "/acknowledge", one, "{}").status())
        .isEqualTo(404);
    assertThat(hub.post("/api/v1/events/" + event + "/acknowledge", two, "{}").status())
        .isEqualTo(200);
  }

  private static JsonNode items(Answer answer) {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json().path("items");
  }
}
