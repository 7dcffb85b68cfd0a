package io.caravanhub.hub.metric;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a tenant expects of its metrics, and what becomes of values that are otherwise. */
class MetricCallsTest {
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-metric");
  private final String admin = hub.token(tenant, "admin");
  private final Registered device = hub.device(admin, Map.of("device_type", "sensor"));
  private final Instant start = Instant.now().minusSeconds(3_600);

  @Test
  void theCatalogueShowsTheLimitsInForce() {
    Answer answer = hub.get("/api/v1/metrics/temperature", admin);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("changed").asBoolean()).isFalse();
    assertThat(answer.json().at("/limits/max").asDouble()).isEqualTo(2000);
    assertThat(answer.json().at("/limits/range_quality").asText()).isEqualTo("suspect");
    assertThat(hub.get("/api/v1/metrics?q=temp", admin).json().path("items").size())
        .isGreaterThan(3);
    assertThat(answer.json().path("group").asText()).isEqualTo("building");
    assertThat(answer.json().path("haystack").toString()).contains("temp");
    assertThat(answer.json().path("brick").asText()).isEqualTo("Temperature_Sensor");
    assertThat(hub.get("/api/v1/metrics/elevator_floor", admin).json().path("type").asText())
        .isEqualTo("integer");
    assertThat(hub.get("/api/v1/metrics/none", admin).status()).isEqualTo(404);
  }

  @Test
  void aChangeIsAuditedAndHoldsForItsTenantAlone() {
    String other = hub.token(RunningHub.unique("t-other"), "admin");

    assertThat(patch("temperature", Map.of("max", 30, "range_quality", "bad")).status())
        .isEqualTo(200);

    send("temperature", 31, 0);
    assertThat(history("temperature").get(0).path("quality").asText()).isEqualTo("bad");
    assertThat(history("temperature").get(0).path("quality_reason").asText()).isEqualTo("range");
    assertThat(hub.get("/api/v1/metrics/temperature", other).json().at("/limits/max").asDouble())
        .isEqualTo(2000);
    assertThat(
            hub.count(
                "select count(*) from audit where tenant_id = ? and verb = 'metric.change'",
                tenant))
        .isEqualTo(1);
  }

  @Test
  void onlyAdminsAndEngineersMayChangeIt() {
    for (String role : List.of("dispatcher", "technician", "viewer")) {
      assertThat(
              hub.send(
                      "PATCH",
                      "/api/v1/metrics/temperature",
                      hub.token(tenant, role),
                      RunningHub.publisher(Map.of("max", 1)))
                  .status())
          .isEqualTo(403);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "max, '\"x\"'",
    "range_quality, '\"good\"'",
    "max_rate_per_minute, 0",
    "stuck_after, '\"10 min\"'",
    "stuck_count, 1",
    "future, '\"-PT1S\"'",
    "unit, '\"furlong\"'",
    "maximum, 3"
  })
  void aWrongFieldIsToldByItsName(String field, String value) {
    Answer answer =
        hub.send(
            "PATCH",
            "/api/v1/metrics/temperature",
            admin,
            RunningHub.publisher("{\"" + field + "\": " + value + "}"));

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.text("field")).isEqualTo(field);
  }

  @Test
  void putLeavesNoOtherLimitAndResetTakesTheCataloguesAgain() {
    patch("humidity", Map.of("stuck_count", 3));
    Answer put =
        hub.send("PUT", "/api/v1/metrics/humidity", admin, RunningHub.publisher(Map.of("min", 5)));
    Answer reset =
        hub.send("DELETE", "/api/v1/metrics/humidity/limits", admin, RunningHub.publisher("{}"));

    assertThat(put.json().at("/limits/stuck_count").isNull()).isTrue();
    assertThat(put.json().at("/limits/max").isNull()).isTrue();
    assertThat(put.json().at("/limits/min").asDouble()).isEqualTo(5);
    assertThat(reset.json().at("/limits/max").asDouble()).isEqualTo(100);
    assertThat(reset.json().path("changed").asBoolean()).isFalse();
  }

  @Test
  void aChangeTooFastIsFlaggedAndARedeliveryIsToldTheSame() {
    patch("pressure", Map.of("max_rate_per_minute", 10, "rate_quality", "bad"));

    send("pressure", 100, 0);
    send("pressure", 105, 60);
    send("pressure", 150, 120);
    send("pressure", 150, 120);

    assertThat(reasons("pressure")).containsExactly("good", "good", "bad/rate");
    assertThat(hub.counted("hub.telemetry.quality", "reason", "rate", "level", "bad"))
        .isGreaterThanOrEqualTo(2);
  }

  @Test
  void theWayBackFromASpikeIsGoodAndOfANewLevelOnlyTheFirstReadingIsNot() {
    patch("humidity", Map.of("max_rate_per_minute", 2));
    int[] values = {50, 80, 51, 52, 70, 71, 72};
    for (int i = 0; i < values.length; i++) {
      send("humidity", values[i], 60 * i);
    }

    assertThat(reasons("humidity"))
        .containsExactly("good", "suspect/rate", "good", "good", "suspect/rate", "good", "good");
  }

  @Test
  void aValueThatDoesNotMoveIsStuckByCountAndByTime() {
    patch("voltage", Map.of("stuck_count", 3));
    patch("current", Map.of("stuck_after", "PT10M"));
    for (int i = 0; i < 4; i++) {
      send("voltage", 230, i * 60);
      send("current", 7, i * 300);
    }
    send("voltage", 231, 300);

    assertThat(reasons("voltage"))
        .containsExactly("good", "good", "suspect/stuck", "suspect/stuck", "good");
    assertThat(reasons("current"))
        .containsExactly("good", "good", "suspect/stuck", "suspect/stuck");
  }

  @Test
  void clocksThatGoWrongAreFlagged() {
    patch("energy", Map.of("future", "PT10S", "past", "PT30M", "past_quality", "bad"));

    send("energy", 1, 0);
    send("energy", 2, 3_600);
    send("energy", 3, 3_660);

    assertThat(reasons("energy")).containsExactly("bad/old", "good", "suspect/future");
  }

  @Test
  void aMetricFirstMetWithoutAUnitTakesNoneUnflagged() {
    hub.ingest(admin, Map.of("device_id", device.id(), "metrics", Map.of("brew", 1)));
    hub.ingest(
        admin,
        Map.of(
            "device_id",
            device.id(),
            "measurements",
            List.of(Map.of("name", "brew", "value", 2, "unit", "kPa"))));

    assertThat(reasons("brew")).containsExactly("good", "suspect/unit");

    assertThat(patch("brew", Map.of("unit", "Pa")).text("unit")).isEqualTo("Pa");
    hub.ingest(
        admin,
        Map.of(
            "device_id",
            device.id(),
            "measurements",
            List.of(Map.of("name", "brew", "value", 2, "unit", "kPa"))));
    assertThat(history("brew").get(2).path("value").asDouble()).isEqualTo(2000);
    assertThat(history("brew").get(2).path("quality").asText()).isEqualTo("good");
    assertThat(patch("brew", Map.of("unit", "kPa")).status()).isEqualTo(409);
    assertThat(patch("temperature", Map.of("unit", "K")).status()).isEqualTo(409);
  }

  @Test
  void rulesDoNotActOnWhatIsNotGood() {
    Registered pump = hub.device(admin, Map.of("device_type", "pump"));
    patch("vibration_rms", Map.of("max", 5, "range_quality", "suspect"));
    List<Map<String, Object>> messages = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      messages.add(
          Map.of(
              "device_id",
              pump.id(),
              "timestamp",
              start.plusSeconds(i * 10).toString(),
              "metrics",
              Map.of("vibration_rms", 50, "bearing_temp", 40)));
    }
    hub.ingest(admin, messages);

    assertThat(
            hub.count(
                "select count(*) from events where device_id = ?::uuid and metric = 'vibration_rms'",
                pump.id()))
        .isZero();
  }

  @Test
  void theViewSaysLevelAndReason() {
    patch("temperature", Map.of("max", 30));
    send("temperature", 31, 0);

    assertThat(
            hub.owner()
                .sql(
                    "select quality_level(t.quality) || '/' || quality_reason(t.quality) from telemetry t join devices d on d.key = t.device_id where d.id::text = ?")
                .param(device.id())
                .query(String.class)
                .single())
        .isEqualTo("suspect/range");
  }

  private Answer patch(String metric, Map<String, Object> limits) {
    return hub.send("PATCH", "/api/v1/metrics/" + metric, admin, RunningHub.publisher(limits));
  }

  private void send(String metric, double value, int seconds) {
    assertThat(
            hub.ingest(
                    admin,
                    Map.of(
                        "device_id",
                        device.id(),
                        "timestamp",
                        start.plusSeconds(seconds).toString(),
                        "metrics",
                        Map.of(metric, value)))
                .status())
        .isEqualTo(202);
  }

  private JsonNode history(String metric) {
    return hub.get("/api/v1/devices/" + device.id() + "/telemetry/history?metric=" + metric, admin)
        .json()
        .path("items");
  }

  private List<String> reasons(String metric) {
    List<String> reasons = new ArrayList<>();
    for (JsonNode item : history(metric)) {
      reasons.add(
          item.path("quality").asText()
              + (item.has("quality_reason") ? "/" + item.path("quality_reason").asText() : ""));
    }
    return reasons;
  }
}
