package io.caravanhub.core.connector;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.telemetry.UnusableMessageException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonPayloadTest {
  private final JsonPayload payload = new JsonPayload();

  private List<String> items(String body) {
    return payload.items(body.getBytes(UTF_8)).stream().map(b -> new String(b, UTF_8)).toList();
  }

  @Test
  void anObjectIsOneItemAsReceived() {
    assertThat(items(" {\"a\" : 1.00}\n")).containsExactly(" {\"a\" : 1.00}\n");
  }

  @Test
  void anArrayIsCutIntoItsObjectsAsReceived() {
    assertThat(items("[ {\"a\" : \"ü\"} ,{\"b\":[{}]}]"))
        .containsExactly("{\"a\" : \"ü\"}", "{\"b\":[{}]}");
    assertThat(items("[]")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"a\":      | body | is not JSON",
        "[{}, 1]      | body[1] | expected an object",
        "12           | body | expected a JSON object",
        "''           | body | expected a JSON object",
        "{} {}        | body | more follows",
        "[{}] x       | body | is not JSON",
      })
  void whatIsNoListOfObjectsIsUnusable(String body, String field, String reason) {
    assertThatThrownBy(() -> items(body))
        .isInstanceOf(UnusableMessageException.class)
        .hasMessageStartingWith(field + ": " + reason);
  }

  @Test
  void anotherEncodingIsRefusedRatherThanCutWrongly() {
    assertThatThrownBy(() -> payload.items("[{\"a\":1},{\"b\":2}]".getBytes(UTF_16)))
        .isInstanceOf(UnusableMessageException.class);
  }

  @Test
  void aPointerFindsTextsAndNumbersOnly() {
    byte[] body = "{\"unit\":{\"serial\":\"RTU-3\",\"no\":7,\"x\":null}}".getBytes(UTF_8);
    assertThat(payload.text(body, "/unit/serial")).isEqualTo("RTU-3");
    assertThat(payload.text(body, "/unit/no")).isEqualTo("7");
    assertThat(payload.text(body, "/unit/x")).isNull();
    assertThat(payload.text(body, "/unit")).isNull();
    assertThat(payload.text(body, "/nowhere/serial")).isNull();
  }
}
