package io.caravanhub.testkit.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MaskingTest {
  private static final String ANSWER =
      """
      {"account": {"email": "anna@smith.example", "name": "Anna Smith", "phone": "+49 170 1234567"},
       "site": {"address": "12 Mill Lane", "city": "Leeds", "latitude": 53.8, "longitude": -1.55},
       "devices": [
         {"id": 4711001, "serial": "AB-1029-X", "mac": "a4:cf:12:00:9e:01", "name": "Anna's attic", "model": "M3", "firmwareVersion": "1.10.2",
          "at": "2026-01-01T08:00:00Z", "channels": [{"name": "temperature", "value": 21.5, "unit": "C"}], "mode": "HEAT"},
         {"id": 4711002, "serial": "AB-1030-X", "name": "Hall", "model": "M3", "mode": "HEAT", "parent": "AB-1029-X"}],
       "byMac": {"a4:cf:12:00:9e:01": {"power": 4711}}}
      """;

  private final ObjectMapper json = new ObjectMapper();

  private JsonNode masked(Masking masking) throws IOException {
    JsonNode answer = json.readTree(ANSWER);
    masking.learn(answer);
    return masking.masked(answer);
  }

  @Test
  void nobodyAndNoPlaceIsLeft() throws IOException {
    String masked = masked(new Masking(Set.of(), Map.of())).toString();
    assertThat(masked)
        .doesNotContain(
            "Anna",
            "Smith",
            "smith.example",
            "170",
            "Mill Lane",
            "Leeds",
            "53.8",
            "-1.55",
            "1029",
            "a4:cf",
            "4711001",
            "attic",
            "Hall");
  }

  @Test
  void whatAMappingNeedsStaysAsItIs() throws IOException {
    JsonNode masked = masked(new Masking(Set.of("HEAT"), Map.of()));
    JsonNode device = masked.at("/devices/0");
    assertThat(device.path("model").asText()).isEqualTo("M3");
    assertThat(device.path("firmwareVersion").asText()).isEqualTo("1.10.2");
    assertThat(device.path("at").asText()).isEqualTo("2026-01-01T08:00:00Z");
    assertThat(device.path("mode").asText()).isEqualTo("HEAT");
    assertThat(device.at("/channels/0/name").asText()).isEqualTo("temperature");
    assertThat(device.at("/channels/0/value").asDouble()).isEqualTo(21.5);
  }

  @Test
  void oneValueIsOneMaskAndAnIdKeepsItsShape() throws IOException {
    Masking masking = new Masking(Set.of(), Map.of());
    JsonNode masked = masked(masking);
    String serial = masked.at("/devices/0/serial").asText();
    assertThat(serial).matches("[A-Z]{2}-\\d{4}-[A-Z]").isNotEqualTo("AB-1029-X");
    assertThat(masked.at("/devices/1/parent").asText()).isEqualTo(serial);
    assertThat(masked.at("/devices/0/id").isIntegralNumber()).isTrue();
    assertThat(masked.at("/devices/0/id").asText()).hasSize(7);
    String mac = masked.at("/devices/0/mac").asText();
    assertThat(mac).matches("([0-9a-f]{2}:){5}[0-9a-f]{2}");
    assertThat(masked.path("byMac").has(mac)).isTrue();
    assertThat(masking.path("/v1/devices/AB-1029-X/state"))
        .isEqualTo("/v1/devices/" + serial + "/state");
  }
}
