package io.caravanhub.sim.load;

import static com.dashjoin.jsonata.Jsonata.jsonata;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class PayloadsTest {
  private static final Path MAPPING =
      Path.of(System.getProperty("hub.root", "../.."), "mappings/caravan/load.jsonata");
  private static final long START = 1_800_000_000_000L;

  private final ObjectMapper json = new ObjectMapper();
  private final LoadDevice device = new LoadDevice("T-00001", "token", START);

  @Test
  void theVendorsPayloadBecomesTheMeasurementsThatTheComparisonCounts() throws IOException {
    device.measure(false, START);
    int message = device.measure(false, START + 40);

    JsonNode mapped = map(Payloads.vendor(device, message));

    assertThat(mapped.path("timestamp").asLong()).isEqualTo(START + 40);
    assertThat(mapped.path("measurements")).hasSize(LoadPlan.MQTT_METRICS);
    assertThat(mapped.path("measurements").findValuesAsText("name"))
        .doesNotHaveDuplicates()
        .contains(Payloads.SEQUENCE);
    assertThat(mapped.at("/measurements/0/name").asText()).isEqualTo(Payloads.SEQUENCE);
    assertThat(mapped.at("/measurements/0/value").asInt()).isEqualTo(message);
  }

  @Test
  void theVendorsPayloadIsValidWhateverTheNumber() throws IOException {
    for (int i = 0; i < 2_000; i++) {
      JsonNode payload = json.readTree(Payloads.vendor(device, device.measure(false, START)));

      assertThat(payload.path("seq").asInt()).isEqualTo(i);
      assertThat(payload.at("/temps/sat_f").isNumber()).isTrue();
      assertThat(payload.at("/press/dp_psi").isNumber()).isTrue();
    }
  }

  @Test
  void theHubsOwnShapeHasAsManyMetricsAsAsked() throws IOException {
    device.measure(false, START);
    int message = device.measure(false, START);
    StringBuilder body = new StringBuilder();

    new Payloads(10).canonical(device, message, body);

    JsonNode reading = json.readTree(body.toString());
    assertThat(reading.path("deviceId").asText()).isEqualTo("T-00001");
    assertThat(reading.path("timestamp").asLong()).isEqualTo(START + 1);
    assertThat(reading.path("metrics")).hasSize(10).allMatch(JsonNode::isNumber);
    assertThat(reading.path("metrics").path(Payloads.SEQUENCE).asInt()).isEqualTo(message);
  }

  @Test
  void aSingleMetricIsTheNumberOfTheMessage() throws IOException {
    StringBuilder body = new StringBuilder();

    new Payloads(1).canonical(device, device.measure(false, START), body);

    assertThat(json.readTree(body.toString()).path("metrics").properties())
        .singleElement()
        .matches(metric -> metric.getKey().equals(Payloads.SEQUENCE));
  }

  @Test
  void aBadPayloadIsNoJson() {
    assertThatThrownBy(() -> json.readTree(Payloads.bad())).isInstanceOf(IOException.class);
  }

  private JsonNode map(byte[] payload) throws IOException {
    Object mapped =
        jsonata(Files.readString(MAPPING)).evaluate(json.readValue(payload, Object.class));
    return json.readTree(json.writeValueAsString(mapped));
  }
}
