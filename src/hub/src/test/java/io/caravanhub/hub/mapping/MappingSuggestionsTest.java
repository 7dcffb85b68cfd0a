package io.caravanhub.hub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code POST /mappings/suggest}. */
class MappingSuggestionsTest {
  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("t-suggest");
  private final String engineer = hub.token(tenant, "engineer");

  private Answer suggest(Object request) {
    return hub.post("/api/v1/mappings/suggest", engineer, request);
  }

  @Test
  void theDraftWorksInATrialOfTheSamePayload() {
    Map<String, ?> payload = Map.of("SAT_F", 50, "ts", 1_795_168_800);
    JsonNode draft = suggest(Map.of("payloads", List.of(payload))).json();
    assertThat(draft.at("/proposals/0/metric").asText()).isEqualTo("supply_air_temp");
    assertThat(draft.at("/proposals/0/unit").asText()).isEqualTo("[degF]");
    assertThat(draft.at("/proposals/0/confidence").asDouble()).isGreaterThan(0.9);
    assertThat(draft.at("/timestamp/format").asText()).isEqualTo("s");
    JsonNode result =
        hub.post(
                "/api/v1/mappings/test",
                engineer,
                Map.of("fields", draft.path("fields").asText(), "payload", payload))
            .json();
    assertThat(result.at("/measurements/0/value").asDouble()).isEqualTo(10);
    assertThat(result.at("/measurements/0/ts").asText()).isEqualTo("2026-11-20T10:00:00Z");
  }

  @Test
  void aRequestThatIsWrongNamesItsField() {
    assertThat(suggest(Map.of()).json().path("field").asText()).isEqualTo("payloads");
    assertThat(suggest(Map.of("payloads", List.of(1))).json().path("field").asText())
        .isEqualTo("payloads[0]");
    assertThat(suggest(Map.of("payload", 1)).json().path("field").asText()).isEqualTo("payload");
  }

  @Test
  void isForThoseWhoWriteMappings() {
    String viewer = hub.token(tenant, "viewer");
    Map<String, ?> request = Map.of("payloads", List.of(Map.of("temperature", 1)));
    assertThat(hub.post("/api/v1/mappings/suggest", viewer, request).status()).isEqualTo(403);
  }
}
