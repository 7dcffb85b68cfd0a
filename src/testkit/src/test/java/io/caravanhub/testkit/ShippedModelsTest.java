package io.caravanhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import io.caravanhub.core.unit.Dimension;
import io.caravanhub.core.unit.Units;
import io.caravanhub.testkit.golden.GoldenCase;
import io.caravanhub.testkit.golden.GoldenFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What the shipped mappings and register maps say together, told from their golden files. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShippedModelsTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root"));
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Those of the simulator and of the load generator, which no shop sells. */
  private static final Set<String> MADE_UP =
      Set.of("ardent", "brisk", "caravan", "halden", "norvane", "tessel");

  private final List<Path> models = new ArrayList<>();
  private final List<JsonNode> measurements = new ArrayList<>();

  @BeforeAll
  void readGoldenFiles() throws IOException {
    for (Path mapping : GoldenFiles.mappings(ROOT.resolve("mappings"))) {
      if (!MADE_UP.contains(mapping.getParent().getFileName().toString())) {
        models.add(mapping);
      }
      for (GoldenCase golden : GoldenFiles.beside(mapping)) {
        JsonNode expected = JSON.readTree(golden.expected().toFile());
        expected.findValues("measurements").forEach(list -> list.forEach(measurements::add));
      }
    }
  }

  @Test
  void fortyModelsAreShipped() {
    assertThat(models).hasSizeGreaterThanOrEqualTo(40);
  }

  @Test
  void eachMetricIsANumberATextOrABooleanWhicheverModelSendsIt() {
    Map<String, Set<String>> kinds = new TreeMap<>();
    for (JsonNode measurement : measurements) {
      if (!measurement.path("value").isNull()) {
        kinds
            .computeIfAbsent(measurement.path("name").asText(), name -> new TreeSet<>())
            .add(measurement.path("value").getNodeType().name());
      }
    }
    assertThat(kinds).allSatisfy((metric, found) -> assertThat(found).hasSize(1));
  }

  @Test
  void eachMetricHasUnitsOfOneDimension() {
    Map<String, Set<String>> dimensions = new TreeMap<>();
    for (JsonNode measurement : measurements) {
      Dimension dimension = Units.dimension(measurement.path("unit").asText("1"));
      assertThat(dimension).as(measurement.toString()).isNotNull();
      dimensions
          .computeIfAbsent(measurement.path("name").asText(), name -> new TreeSet<>())
          .add(String.valueOf(dimension));
    }
    assertThat(dimensions).allSatisfy((metric, found) -> assertThat(found).hasSize(1));
  }

  @Test
  void eachMetricIsInTheCatalogueByItsKeyOrThatOfItsChannel() {
    assertThat(measurements)
        .extracting(measurement -> measurement.path("name").asText())
        .allSatisfy(name -> assertThat(CanonicalMetrics.resolve(name)).as(name).isPresent());
  }

  @Test
  void metricsOfTheCatalogueComeAsItsTypeAndInAUnitThatItsOwnCanBeMadeOf() {
    for (JsonNode measurement : measurements) {
      JsonNode value = measurement.path("value");
      CanonicalMetric metric =
          CanonicalMetrics.resolve(measurement.path("name").asText()).orElse(null);
      if (metric != null && !value.isNull()) {
        String unit = metric.unit() == null ? "1" : metric.unit();
        assertThat(value.isTextual()).as(measurement.toString()).isEqualTo(metric.isText());
        assertThat(value.isBoolean())
            .as(measurement.toString())
            .isEqualTo(metric.type() == CanonicalMetric.Type.BOOLEAN);
        assertThat(Units.sameDimension(measurement.path("unit").asText(unit), unit))
            .as(measurement.toString())
            .isTrue();
      }
    }
  }

  @Test
  void metricsAreNamedAlike() {
    assertThat(measurements)
        .extracting(measurement -> measurement.path("name").asText())
        .allSatisfy(name -> assertThat(name).matches("[a-z][a-z0-9]*(_[a-z0-9]+)*"));
  }

  @Test
  void aMonnitMessageOfTwoSensorsIsRefusedRatherThanMixedUp() throws IOException {
    Path file = ROOT.resolve("mappings/monnit/temperature.jsonata");
    Mapping mapping =
        Mapping.compile(new MappingSource("monnit/temperature", "file", Files.readString(file)));
    Map<String, Object> sensor = Map.of("sensorID", "1", "dataValue", "21.5");

    assertThatThrownBy(
            () ->
                mapping.apply(
                    Map.of("sensorMessages", List.of(sensor, sensor)),
                    Map.of(),
                    MappingBounds.DEFAULT))
        .hasMessageContaining("expected the message of one sensor, got 2; split it first");
  }

  @Test
  void theListOfModelsNamesEachAndNoOther() throws IOException {
    String list = Files.readString(ROOT.resolve("docs/MODELS.md"));
    Set<String> shipped =
        models.stream()
            .map(path -> ROOT.resolve("mappings").relativize(path).toString())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> listed =
        Stream.of(list.split("`"))
            .filter(text -> text.matches("[a-z0-9-]+/[a-z0-9-]+\\.(jsonata|modbus\\.yaml)"))
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(listed).isEqualTo(shipped);
  }
}
