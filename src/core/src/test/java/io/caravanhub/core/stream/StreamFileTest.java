package io.caravanhub.core.stream;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.cloud.CloudDeclarationException;
import org.junit.jupiter.api.Test;

class StreamFileTest {
  @Test
  void aKeyThatDoesNothingIsRefused() {
    String text =
        """
        type: websocket
        url: wss://stream.example/v1
        catch-up: true
        messages:
          - {name: units, device: "{/unit}", mapping: telemetry}
        """;

    assertThatThrownBy(() -> StreamFile.read(text))
        .isInstanceOf(CloudDeclarationException.class)
        .hasMessageContaining("catch-up");
  }
}
