package io.caravanhub.hub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code POST /mappings/test}. */
class MappingTrialsTest {
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-trial");
  private final String engineer = hub.token(tenant, "engineer");

  private Answer trial(Map<String, ?> request) {
    return hub.post("/api/v1/mappings/test", engineer, request);
  }

  @Test
  void convertsJudgesAndNamesWhatIsLeftOver() {
    JsonNode result =
        trial(
                Map.of(
                    "jsonata",
                    "{'measurements': [{'name': 'supply_air_temp', 'value': t, 'unit': '[degF]'},"
                        + " {'name': 'humidity', 'value': 140, 'unit': '%'},"
                        + " {'name': 'compressor_status', 'value': 'on'}]}",
                    "payload",
                    Map.of("t", 50, "rssi", -60)))
            .json();
    JsonNode first = result.at("/measurements/0");
    assertThat(first.path("metric").asText()).isEqualTo("supply_air_temp");
    assertThat(first.path("value").asDouble()).isEqualTo(10);
    assertThat(first.path("unit").asText()).isEqualTo("Cel");
    assertThat(first.path("quality").asText()).isEqualTo("good");
    assertThat(first.path("ts").asText()).endsWith("Z");
    assertThat(result.at("/measurements/1/quality").asText()).isEqualTo("suspect");
    assertThat(result.at("/measurements/1/reason").asText()).isEqualTo("range");
    assertThat(result.at("/measurements/2/value").asText()).isEqualTo("on");
    assertThat(result.path("rejected")).isEmpty();
    assertThat(result.path("unmatched").toString()).isEqualTo("[\"rssi\"]");
    assertThat(result.path("micros").asLong()).isPositive();
    assertThat(result.at("/output/measurements/0/value").asInt()).isEqualTo(50);
    assertThat(result.size()).isEqualTo(5);
  }

  @Test
  void takesAFieldTableInJsonOrYamlAloneOrBeforeAnExpression() {
    Map<String, ?> payload = Map.of("t", 215, "s", 1);
    Map<String, ?> table =
        Map.of("t", Map.of("metric", "temperature", "unit", "Cel", "scale", 0.1));
    assertThat(
            trial(Map.of("fields", table, "payload", payload))
                .json()
                .at("/measurements/0/value")
                .asDouble())
        .isEqualTo(21.5);
    assertThat(
            trial(Map.of("fields", "fields:\n  t: {metric: temperature}", "payload", payload))
                .json()
                .at("/measurements/0/value")
                .asDouble())
        .isEqualTo(215);
    assertThat(
            trial(
                    Map.of(
                        "fields",
                        List.of(Map.of("field", "t", "metric", "temperature")),
                        "jsonata",
                        "{'metrics': {'fan_status': s = 1 ? 'on' : 'off'}}",
                        "payload",
                        payload))
                .json()
                .path("measurements"))
        .hasSize(2);
  }

  @Test
  void namesEveryRowThatWouldBeRefused() {
    JsonNode result =
        trial(
                Map.of(
                    "jsonata",
                    "{'measurements': [{'name': 'temperature', 'value': 'n/a'},"
                        + " {'name': 'power', 'value': 5, 'unit': 'kW'},"
                        + " {'name': 'humidity', 'value': {}}]}",
                    "payload",
                    Map.of()))
            .json();
    assertThat(result.path("measurements")).hasSize(1);
    assertThat(result.at("/rejected/0/field").asText()).isEqualTo("measurements[0].value");
    assertThat(result.at("/rejected/0/reason").asText())
        .isEqualTo("expected a number, got \"n/a\"");
    assertThat(result.at("/rejected/1/field").asText()).isEqualTo("measurements[2].value");
  }

  @Test
  void aUnitThatIsUnknownOrOfAnotherKindIsBadAndNeverASilentNumber() {
    JsonNode result =
        trial(
                Map.of(
                    "jsonata",
                    "{'measurements': [{'name': 'temperature', 'value': 1, 'unit': 'furlong'},"
                        + " {'name': 'humidity', 'value': 1, 'unit': 'kPa'}]}",
                    "payload",
                    Map.of()))
            .json();
    assertThat(result.at("/measurements/0/quality").asText()).isEqualTo("bad");
    assertThat(result.at("/measurements/0/reason").asText())
        .isEqualTo("unit: unknown unit \"furlong\"");
    assertThat(result.at("/measurements/1/quality").asText()).isEqualTo("bad");
    assertThat(result.at("/measurements/1/reason").asText())
        .isEqualTo("unit: \"kPa\" cannot be converted to \"%\"");
  }

  @Test
  void leavesNoTrace() {
    trial(Map.of("jsonata", "{'metrics': {'never_stored': 1}}", "payload", Map.of()));
    assertThat(hub.get("/api/v1/metrics/never_stored", engineer).status()).isEqualTo(404);
  }

  @Test
  void aDraftThatIsWrongIsToldByItsPlace() {
    Answer syntax = trial(Map.of("jsonata", "{\n  \"a\": (1 + \n}", "payload", Map.of()));
    assertThat(syntax.status()).isEqualTo(400);
    assertThat(syntax.json().path("field").asText()).isEqualTo("jsonata");
    assertThat(syntax.json().path("detail").asText()).startsWith("line 3, column ");
    Answer table =
        trial(
            Map.of(
                "fields",
                "fields:\n  t: {metric: temperature, unit: furlong}",
                "payload",
                Map.of()));
    assertThat(table.status()).isEqualTo(400);
    assertThat(table.json().path("field").asText()).isEqualTo("fields.t.unit");
    assertThat(table.json().path("detail").asText()).startsWith("line 2: unknown unit");
    assertThat(trial(Map.of("payload", Map.of())).json().path("field").asText())
        .isEqualTo("jsonata");
    assertThat(trial(Map.of("jsonata", "1")).json().path("field").asText()).isEqualTo("payload");
  }

  @Test
  void whatFailsOrPassesItsBoundsIsRejectedWithItsReason() {
    JsonNode endless =
        trial(Map.of("jsonata", "($f := function($n) { $f($n + 1) }; $f(0))", "payload", 1)).json();
    assertThat(endless.at("/rejected/0/field").asText()).isEqualTo("mapping");
    assertThat(endless.at("/rejected/0/reason").asText())
        .containsAnyOf("nested deeper", "took longer");
    assertThat(
            trial(Map.of("jsonata", "{'metrics': {}}", "payload", Map.of("a", 1)))
                .json()
                .at("/rejected/0/reason")
                .asText())
        .isEqualTo("yields no metrics for this payload, which has a");
    assertThat(
            trial(Map.of("jsonata", "{'metrics': {'a': 1}}", "payload", "{not json"))
                .json()
                .at("/rejected/0/reason")
                .asText())
        .startsWith("the payload is not JSON at line 1");
  }

  @Test
  void aMappingInUseIsTriedByItsName() {
    JsonNode result =
        trial(
                Map.of(
                    "mappingId",
                    "halden/aerotop",
                    "payload",
                    Map.of("t", System.currentTimeMillis() / 1000, "SAT_F", 50)))
            .json();
    assertThat(result.at("/measurements/0/value").asDouble()).isEqualTo(10);
    assertThat(trial(Map.of("mappingId", "no/such", "payload", Map.of())).status()).isEqualTo(404);
  }

  @Test
  void isForAdminsAndEngineers() {
    String viewer = hub.token(tenant, "viewer");
    assertThat(
            hub.post("/api/v1/mappings/test", viewer, Map.of("jsonata", "1", "payload", Map.of()))
                .status())
        .isEqualTo(403);
  }
}
