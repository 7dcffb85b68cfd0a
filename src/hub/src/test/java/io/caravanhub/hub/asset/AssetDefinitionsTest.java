package io.caravanhub.hub.asset;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Definitions of asset types and assets, as people change them. */
class AssetDefinitionsTest {
  private static final Map<String, Object> RISE =
      Map.of("metric", "delta_temp", "unit", "K", "expression", "temperature - 20");

  private final Plant plant = new Plant();

  @Test
  void aDefinitionHasVersionsAndIsChangedByWhoSawTheLast() {
    Answer put = plant.send("PUT", "/asset-types/boiler", Map.of("derived", List.of(RISE)));
    assertThat(put.json().path("version").asInt()).isEqualTo(1);

    Answer second = put("boiler", "\"1\"", "{\"description\": \"steam\"}", "application/json");
    Answer late = put("boiler", "\"1\"", "{}", "application/json");

    assertThat(second.status()).isEqualTo(200);
    assertThat(second.json().path("version").asInt()).isEqualTo(2);
    assertThat(late.status()).isEqualTo(412);
    assertThat(late.text("field")).isEqualTo("If-Match");
    assertThat(late.text("detail")).contains("version 2 was saved by admin:test");
    assertThat(
            plant.hub.count(
                "select count(*) from audit where tenant_id = ? and verb = 'asset.define'",
                plant.tenant))
        .isEqualTo(2);
  }

  @Test
  void aDefinitionGoesOutAsYamlAndComesBackTheSame() {
    plant.define(
        "boiler",
        Map.of(
            "derived", List.of(RISE),
            "health",
                Map.of(
                    "algorithm",
                    "score_based",
                    "scores",
                    List.of(
                        Map.of(
                            "metric",
                            "temperature",
                            "curve",
                            List.of(List.of(20, 100), List.of(90, 0)))))));

    Answer yaml = plant.get("/asset-types/boiler?format=yaml");

    assertThat(yaml.contentType()).isEqualTo("application/yaml");
    assertThat(yaml.body()).contains("expression: temperature - 20");
    Answer back = put("other", null, yaml.body(), "application/yaml");
    assertThat(back.status()).as(back.toString()).isEqualTo(200);
    assertThat(back.json().path("definition"))
        .isEqualTo(plant.get("/asset-types/boiler").json().path("definition"));
    assertThat(plant.get("/asset-types").json().path("items").findValuesAsText("name"))
        .containsExactly("boiler", "other");
  }

  private Answer put(String type, String match, String body, String contentType) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(plant.hub.uri("/api/v1/asset-types/" + type))
            .PUT(BodyPublishers.ofString(body))
            .header("Content-Type", contentType)
            .header("Authorization", "Bearer " + plant.admin);
    if (match != null) {
      request.header("If-Match", match);
    }
    return plant.hub.send(request.build());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "derived[0].expression | {\"derived\":[{\"metric\":\"m\",\"expression\":\"a +\"}]}",
        "derived[0].expression | {\"derived\":[{\"metric\":\"m\",\"expression\":\"$eval('1')\"}]}",
        "derived[0].metric | {\"derived\":[{\"expression\":\"a\"}]}",
        "derived[0].metric | {\"derived\":[{\"metric\":\"health_score\",\"expression\":\"1\"}]}",
        "derived[1].metric | {\"derived\":[{\"metric\":\"m\",\"expression\":\"1\"},{\"metric\":\"m\",\"expression\":\"2\"}]}",
        "derived[0].unit | {\"derived\":[{\"metric\":\"m\",\"expression\":\"1\",\"unit\":\"furlong\"}]}",
        "derived[0].unit | {\"derived\":[{\"metric\":\"power\",\"expression\":\"1\",\"unit\":\"Cel\"}]}",
        "derived[0].formula | {\"derived\":[{\"metric\":\"m\",\"formula\":\"1\"}]}",
        "derived | {\"derived\":{}}",
        "max_age | {\"max_age\":\"15 min\"}",
        "health.algorithm | {\"health\":{\"algorithm\":\"magic\"}}",
        "health.deductions | {\"health\":{\"algorithm\":\"weighted_deductions\"}}",
        "health.deductions[0].points | {\"health\":{\"algorithm\":\"weighted_deductions\",\"deductions\":[{\"reason\":\"r\",\"when\":\"a\",\"points\":101}]}}",
        "health.deductions[0].when | {\"health\":{\"algorithm\":\"weighted_deductions\",\"deductions\":[{\"reason\":\"r\",\"points\":1}]}}",
        "health.deductions[0].event.severity | {\"health\":{\"algorithm\":\"weighted_deductions\",\"deductions\":[{\"reason\":\"r\",\"event\":{\"severity\":\"bad\"},\"points\":1}]}}",
        "health.scores[0].curve[1] | {\"health\":{\"algorithm\":\"score_based\",\"scores\":[{\"metric\":\"m\",\"curve\":[[1,0],[1,1]]}]}}",
        "health.bands | {\"health\":{\"algorithm\":\"score_based\",\"bands\":{\"degrading\":10,\"at_risk\":20,\"critical\":30},\"scores\":[{\"metric\":\"m\",\"curve\":[[1,0]]}]}}",
        "body | [",
      })
  void aMistakeIsToldByItsField(String field, String definition) {
    Answer answer = plant.send("PUT", "/asset-types/boiler", definition);

    assertThat(answer.status()).as(answer.toString()).isEqualTo(400);
    assertThat(answer.text("field")).isEqualTo(field);
  }

  @Test
  void anErrorOfAnExpressionHasItsPlace() {
    Answer answer =
        plant.send(
            "PUT",
            "/asset-types/boiler",
            Map.of("derived", List.of(Map.of("metric", "m", "expression", "a +\n  * )"))));

    assertThat(answer.text("detail")).contains("line 2, column");
  }

  @Test
  void onlyAdminsAndEngineersChangeDefinitionsAndViewersSeeThem() {
    plant.define("boiler", Map.of());
    String viewer = plant.hub.token(plant.tenant, "viewer");

    assertThat(plant.hub.get("/api/v1/asset-types/boiler", viewer).status()).isEqualTo(200);
    assertThat(
            plant
                .hub
                .send("PUT", "/api/v1/asset-types/boiler", viewer, RunningHub.publisher("{}"))
                .status())
        .isEqualTo(403);
    String stranger = plant.hub.token(RunningHub.unique("t"), "admin");
    assertThat(plant.hub.get("/api/v1/asset-types/boiler", stranger).status()).isEqualTo(404);
  }

  @Test
  void aTrialShowsWhatADefinitionMakesOfValuesAndStoresNothing() {
    Map<String, Object> definition =
        Map.of(
            "derived",
                List.of(
                    RISE,
                    Map.of("metric", "m", "expression", "$number('x')"),
                    Map.of("metric", "n", "expression", "absent * 2")),
            "health",
                Map.of(
                    "algorithm",
                    "weighted_deductions",
                    "deductions",
                    List.of(Map.of("reason", "Hot", "when", "delta_temp > 50", "points", 70))));

    JsonNode outcome =
        plant
            .send(
                "POST",
                "/asset-types/boiler/test",
                Map.of("definition", definition, "values", Map.of("temperature", 90)))
            .json();

    assertThat(outcome.at("/derived/0/value").asDouble()).isEqualTo(70);
    assertThat(outcome.at("/failed/0/formula").asText()).isEqualTo("m");
    assertThat(outcome.path("absent").toString()).isEqualTo("[\"m\",\"n\"]");
    assertThat(outcome.at("/health/score").asDouble()).isEqualTo(30);
    assertThat(outcome.at("/health/band").asText()).isEqualTo("Critical");
    assertThat(plant.get("/asset-types/boiler").status()).isEqualTo(404);
  }
}
