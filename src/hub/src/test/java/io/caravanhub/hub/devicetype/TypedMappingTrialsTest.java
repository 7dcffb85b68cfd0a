package io.caravanhub.hub.devicetype;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code POST /mappings/test} with a {@code deviceType}. */
class TypedMappingTrialsTest {
  private static final String EXPRESSION =
      "{'metrics': {'temperature': {'value': t / 10, 'unit': 'Cel'}}}";

  private final TypesFixture types = new TypesFixture();

  private Answer trial(Map<String, ?> request) {
    return types.hub.post("/api/v1/mappings/test", types.admin, request);
  }

  private JsonNode trial(String type, Object payload) {
    return trial(Map.of("jsonata", EXPRESSION, "deviceType", type, "payload", payload)).json();
  }

  @Test
  void aMessageThatTheTypesSchemaRefusesIsRejectedBeforeItIsMapped() {
    types.type(Map.of("name", "a", "message_schema", Map.of("required", List.of("hub"))));

    JsonNode refused = trial("a", Map.of("t", 215));
    JsonNode taken = trial("a", Map.of("t", 215, "hub", "LH-7"));

    assertThat(refused.path("measurements")).isEmpty();
    assertThat(refused.at("/rejected/0/field").asText()).isEqualTo("hub");
    assertThat(taken.path("rejected")).isEmpty();
    assertThat(taken.at("/measurements/0/value").asDouble()).isEqualTo(21.5);
    assertThat(taken.path("unmatched").toString()).isEqualTo("[\"hub\"]");
    assertThat(taken.at("/measurements/0").has("device")).isFalse();
    assertThat(taken.at("/output/metrics/temperature/unit").asText()).isEqualTo("Cel");
    assertThat(taken.size()).isEqualTo(5);
  }

  @Test
  void theTypesLimitsJudgeWhatADraftYields() {
    types.type(Map.of("name", "a", "limits", Map.of("temperature", Map.of("max", 20))));

    JsonNode tried = trial("a", Map.of("t", 215));

    assertThat(tried.at("/measurements/0/quality").asText()).isEqualTo("suspect");
    assertThat(tried.at("/measurements/0/reason").asText()).isEqualTo("range");
  }

  @Test
  void aGatewaysMessageIsSplitAndEachRowNamesItsVirtualDevice() {
    types.type(
        Map.of(
            "name",
            "g",
            "processing_mode",
            "gateway",
            "demultiplexing",
            Map.of("split", "rooms", "id", "room", "device_type", "room"),
            "limits",
            Map.of("temperature", Map.of("max", 30))));

    JsonNode tried =
        trial(
            "g",
            Map.of(
                "rooms",
                List.of(
                    Map.of("room", "101", "t", 215),
                    Map.of("room", "102", "t", 310),
                    Map.of("room", "103", "t", "n/a"))));

    assertThat(tried.at("/measurements/0/device").asText()).isEqualTo("trial:101");
    assertThat(tried.at("/measurements/1/quality").asText()).isEqualTo("suspect");
    assertThat(tried.path("measurements")).hasSize(2);
    assertThat(tried.path("output")).hasSize(3);
    assertThat(tried.at("/rejected/0/field").asText()).startsWith("parts[2].");
    assertThat(tried.path("unmatched").toString()).isEqualTo("[\"room\"]");
    assertThat(types.hub.count("select count(*) from devices where tenant_id = ?", types.tenant))
        .isZero();
  }

  @Test
  void chunksArePutTogetherAndMissingOnesAreNamed() {
    types.type(
        Map.of(
            "name",
            "c",
            "processing_mode",
            "gateway_chunked",
            "demultiplexing",
            Map.of("split", "data", "id", "id", "device_type", "beacon"),
            "chunking",
            Map.of("correlation_id", "c", "sequence", "n", "total", "of", "data", "data")));
    Map<String, Object> first = chunk(1, "a", 210);
    Map<String, Object> second = chunk(2, "b", 220);

    JsonNode whole = trial("c", List.of(second, first));
    JsonNode half = trial("c", List.of(first));

    assertThat(whole.path("measurements").findValuesAsText("device"))
        .containsExactly("trial:a", "trial:b");
    assertThat(half.at("/rejected/0/reason").asText()).contains("1 of 2 chunks");
  }

  private static Map<String, Object> chunk(int n, String id, int t) {
    return Map.of("c", "m1", "n", n, "of", 2, "data", List.of(Map.of("id", id, "t", t)));
  }

  @Test
  void withoutAMappingTheTypesOwnIsAppliedOrThatOfTheModelInItsDefaults() {
    types.type(Map.of("name", "own", "mapping", Map.of("jsonata", EXPRESSION)));
    types.type(
        Map.of("name", "model", "defaults", Map.of("manufacturer", "Halden", "model", "Aerotop")));

    JsonNode own = trial(Map.of("deviceType", "own", "payload", Map.of("t", 5))).json();
    JsonNode byModel = trial(Map.of("deviceType", "model", "payload", Map.of("t", 5))).json();
    JsonNode named =
        trial(Map.of("mappingId", "halden/aerotop", "deviceType", "own", "payload", Map.of("t", 5)))
            .json();

    assertThat(own.at("/measurements/0/value").asDouble()).isEqualTo(0.5);
    assertThat(byModel.path("output")).isEqualTo(named.path("output"));
  }

  @Test
  void aTypeThatNobodyDescribesIsAWordBesideAMappingAndAnErrorAlone() {
    Map<String, Object> request = new HashMap<>();
    request.put("deviceType", "never-described");
    request.put("payload", Map.of("t", 5));

    Answer alone = trial(request);
    request.put("jsonata", EXPRESSION);
    Answer beside = trial(request);

    assertThat(alone.status()).isEqualTo(400);
    assertThat(alone.text("field")).isEqualTo("deviceType");
    assertThat(beside.json().at("/measurements/0/value").asDouble()).isEqualTo(0.5);
  }
}
