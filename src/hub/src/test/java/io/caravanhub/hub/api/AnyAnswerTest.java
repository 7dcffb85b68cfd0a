package io.caravanhub.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import java.net.http.HttpRequest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a caller says it accepts. */
class AnyAnswerTest {
  private final RunningHub hub = RunningHub.get();

  @ParameterizedTest
  @ValueSource(
      strings = {"application/json", "application/problem+json", "application/json, text/plain"})
  void isNoReasonToRefuseACall(String accept) {
    Answer found = get("/api/v1/devices?limit=1", accept);
    Answer missing = get("/api/v1/devices/none-such", accept);

    assertThat(found.status()).as(found.toString()).isEqualTo(200);
    assertThat(found.json().has("items")).isTrue();
    assertThat(missing.status()).isEqualTo(404);
    assertThat(missing.isProblem()).isTrue();
  }

  private Answer get(String path, String accept) {
    return hub.send(
        HttpRequest.newBuilder(hub.uri(path))
            .header("Accept", accept)
            .header("Authorization", "Bearer " + hub.admin())
            .GET()
            .build());
  }
}
