package io.caravanhub.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Methods that a path does not take. */
class MethodProblemsTest {
  private final RunningHub hub = RunningHub.get();

  @ParameterizedTest
  @CsvSource({"PUT, /devices", "DELETE, /mappings", "PATCH, /device-types/a", "PUT, /nothing"})
  void areAProblemDocument(String method, String path) {
    Answer answer =
        hub.send(method, "/api/v1" + path, hub.admin(), RunningHub.publisher(Map.of("name", "x")));

    assertThat(answer.status()).isEqualTo(path.equals("/nothing") ? 404 : 405);
    assertThat(answer.isProblem()).as(answer.toString()).isTrue();
    assertThat(answer.json().has("name")).isFalse();
  }
}
