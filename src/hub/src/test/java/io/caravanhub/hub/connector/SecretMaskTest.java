package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SecretMaskTest {
  private final SecretMask mask = new SecretMask(List.of("s3cret-key", "one two-two", "x"));

  private String masked(String json) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    return mapper.writeValueAsString(mask.tree(mapper.readTree(json)));
  }

  @Test
  void fieldsThatSpeakOfASecretAreMaskedWhateverTheyHold() throws IOException {
    assertThat(masked("{\"accessToken\": \"a\", \"user\": {\"password\": 12}, \"apikey\": \"k\"}"))
        .isEqualTo(
            "{\"accessToken\":\"********\",\"user\":{\"password\":\"********\"},\"apikey\":\"********\"}");
  }

  @Test
  void theValueOfACredentialIsMaskedWhereverItStands() throws IOException {
    assertThat(
            masked(
                "{\"url\": \"https://x/?k=s3cret-key\", \"list\": [\"two-two\", \"xylophone\"]}"))
        .isEqualTo("{\"url\":\"https://x/?k=********\",\"list\":[\"********\",\"xylophone\"]}");
  }

  @Test
  void readingsStayAsTheyAre() throws IOException {
    String reading = "{\"temperature\":21.5,\"keypad_locked\":true,\"device\":{\"id\":\"A-1\"}}";
    assertThat(masked(reading)).isEqualTo(reading);
  }
}
