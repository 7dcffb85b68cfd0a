package io.caravanhub.core.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.core.telemetry.UnusableMessageException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectorPartsTest {
  private static final String DEVICE = "{/info/eui|/info/name}";
  private static final String USELESS = "/queueItemId /level";

  private final ConnectorParts parts = new ConnectorParts();

  @Test
  void aBodyThatIsKnownToBeOfNoUseHasNoParts() {
    assertThat(pushed("{\"info\":{\"eui\":\"01\"},\"queueItemId\":\"7\"}")).isEmpty();
    assertThat(pushed("{\"info\":{\"eui\":\"01\"},\"level\":\"ERROR\"}")).isEmpty();
  }

  @Test
  void aBodyWithoutAnyOfThoseFieldsIsAPart() {
    assertThat(pushed("{\"info\":{\"eui\":\"01\"},\"object\":{\"level\":3}}"))
        .extracting(PartMessage::device)
        .containsExactly("01");
  }

  @Test
  void theFirstPointerThatLeadsToSomethingNamesTheDevice() {
    assertThat(pushed("{\"info\":{\"name\":\"probe\"}}"))
        .extracting(PartMessage::device)
        .containsExactly("probe");
  }

  @Test
  void aBodyThatIsNoJsonIsRefusedAlsoWhereSomeAreOfNoUse() {
    assertThatThrownBy(() -> pushed("queueItemId")).isInstanceOf(UnusableMessageException.class);
  }

  private List<PartMessage> pushed(String body) {
    return parts.pushed(body.getBytes(StandardCharsets.UTF_8), "", DEVICE, "", USELESS);
  }
}
