package io.caravanhub.hub.devicetype;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of docs/DEVICE-TYPES.md do what the document says. */
class DeviceTypesGuideTest {
  private final TypesFixture types = new TypesFixture();

  private static List<String> blocks(String language) throws IOException {
    String text = Files.readString(TestDatabase.root().resolve("docs/DEVICE-TYPES.md"));
    return Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL)
        .matcher(text)
        .results()
        .map(found -> found.group(1))
        .toList();
  }

  private Answer importType(String yaml) {
    Answer answer = types.hub.post("/api/v1/device-types/import", types.admin, yaml);
    assertThat(answer.status()).as("%s%n%s", yaml, answer.body()).isEqualTo(200);
    return answer;
  }

  @Test
  void theWalkedExampleYieldsWhatIsWrittenThere() throws IOException {
    types.autoRegister();
    importType(blocks("yaml").get(0));
    JsonNode payload = TypesFixture.JSON.readTree(blocks("json").get(1));
    JsonNode expected = TypesFixture.JSON.readTree(blocks("json").get(2));

    JsonNode parts =
        types
            .hub
            .post("/api/v1/device-types/room-hub/test", types.admin, Map.of("payload", payload))
            .json()
            .path("parts");
    Registered hub = types.device("room-hub", Map.of("device_serial", "LH-7"));
    types.publish(hub, payload);

    assertThat(parts).hasSize(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      for (String field : List.of("id", "device", "fate")) {
        assertThat(parts.get(i).path(field)).isEqualTo(expected.get(i).path(field));
      }
      JsonNode temperature = parts.get(i).at("/measurements/0");
      assertThat(temperature.path("value").asDouble())
          .isEqualTo(expected.get(i).path("temperature").asDouble());
      assertThat(temperature.path("quality")).isEqualTo(expected.get(i).path("quality"));
      assertThat(types.value("LH-7:" + expected.get(i).path("id").asText(), "temperature"))
          .isEqualTo(expected.get(i).path("temperature").asDouble());
    }
  }

  @Test
  void thePayloadOfTheWalkThroughTheConsoleYieldsWhatItsTableNames() throws IOException {
    JsonNode tried =
        types
            .hub
            .post(
                "/api/v1/device-types/greenhouse-probe/test",
                types.admin,
                Map.of(
                    "type",
                    Map.of("mapping", Map.of("fields", blocks("yml").get(0))),
                    "payload",
                    blocks("json").get(0)))
            .json();

    assertThat(tried.at("/parts/0/rejected")).isEmpty();
    assertThat(tried.at("/parts/0/measurements").findValuesAsText("metric"))
        .containsExactly("temperature", "humidity", "co2", "battery_voltage");
  }

  @Test
  void everyTypeOfTheDocumentCanBeImported() throws IOException {
    List<String> all = blocks("yaml");

    all.forEach(this::importType);

    assertThat(all).hasSize(3);
  }
}
