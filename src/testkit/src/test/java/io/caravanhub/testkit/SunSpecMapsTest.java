package io.caravanhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The register maps of SunSpec devices against the information models, where those are at hand. */
class SunSpecMapsTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root"));
  private static final Path MODELS = ROOT.resolve("../shared/data/sunspec-models/json").normalize();
  private static final Map<String, String> TYPES =
      Map.of("acc32", "uint32", "enum16", "uint16", "sunssf", "int16");

  @ParameterizedTest
  @CsvSource({
    "sunspec/inverter-103, 103, 40069",
    "sunspec/inverter-113, 113, 40069",
    "sunspec/meter-203, 203, 40069",
    "sunspec/meter-213, 213, 40069",
    "solaredge/meter, 203, 40188"
  })
  void eachPointLiesWhereTheModelHasIt(String map, int model, int start) throws IOException {
    Assumptions.assumeTrue(Files.isDirectory(MODELS), "the SunSpec models are not at hand");
    Map<Integer, JsonNode> byOffset = new HashMap<>();
    Map<String, Integer> offsets = new HashMap<>();
    int offset = 0;
    JsonNode definition =
        new ObjectMapper().readTree(MODELS.resolve("model_" + model + ".json").toFile());
    for (JsonNode point : definition.at("/group/points")) {
      byOffset.put(offset, point);
      offsets.put(point.path("name").asText(), offset);
      offset += point.path("size").asInt();
    }
    Path file = ROOT.resolve("mappings/" + map + ".modbus.yaml");
    for (JsonNode point : new YAMLMapper().readTree(file.toFile()).path("points")) {
      JsonNode defined = byOffset.get(point.path("address").asInt() - start);
      assertThat(defined).as(point.toString()).isNotNull();
      String type = defined.path("type").asText();
      assertThat(point.path("type").asText()).isEqualTo(TYPES.getOrDefault(type, type));
      Integer exponent = offsets.get(defined.path("sf").asText());
      assertThat(point.has("exponent") ? point.path("exponent").asInt() - start : null)
          .as(point.toString())
          .isEqualTo(exponent);
    }
  }
}
