package io.caravanhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import io.caravanhub.core.unit.Units;
import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.PayloadMap;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What OEMs really send, where it is at hand, through their connectors: whole answers, parts, and
 * files that are none of the telemetry. Tells for each OEM what came of it.
 */
class RealPayloadsTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root"));
  private static final Path DATA = ROOT.resolve("../shared/data").normalize();
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Where an OEM's payloads are, and how many of them tell readings or devices at the least. */
  private record Known(String folder, int understood) {}

  private static final Map<String, Known> OEMS =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("aosmith", new Known("homeassistant-fixtures/aosmith", 3)),
              Map.entry("awair", new Known("homeassistant-fixtures/awair", 4)),
              Map.entry("ecobee", new Known("homeassistant-fixtures/ecobee", 1)),
              Map.entry("fronius", new Known("homeassistant-fixtures/fronius", 15)),
              Map.entry("myuplink", new Known("homeassistant-fixtures/myuplink", 2)),
              Map.entry("netatmo", new Known("homeassistant-fixtures/netatmo", 2)),
              Map.entry("sensibo", new Known("homeassistant-fixtures/sensibo", 1)),
              Map.entry("shelly-cloud", new Known("homeassistant-fixtures/shelly", 1)),
              Map.entry("tado", new Known("homeassistant-fixtures/tado", 15)),
              Map.entry("daikin-onecta", new Known("daikin_onecta", 12)),
              Map.entry("enphase-envoy", new Known("enphase_envoy", 60)),
              Map.entry(
                  "disruptive-technologies",
                  new Known("iot-webhook-samples/disruptive-technologies", 3)),
              Map.entry("monnit", new Known("iot-webhook-samples/monnit", 2))));

  @Test
  void whatOemsReallySendIsUnderstoodOrSaidToBeNot() throws IOException {
    Assumptions.assumeTrue(
        Files.isDirectory(DATA), "payloads of real clouds are not at hand: nothing to map");
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, Known> oem : OEMS.entrySet()) {
      Path folder = DATA.resolve(oem.getValue().folder());
      if (Files.isDirectory(folder)) {
        int understood = report(oem.getKey(), files(folder), wrong);
        assertThat(understood).as(oem.getKey()).isGreaterThanOrEqualTo(oem.getValue().understood());
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void uplinksWithTheDecodersFieldsAreUnderstood(@TempDir Path folder) throws IOException {
    Path examples = DATA.resolve("lorawan-thingsboard-converters/codec_examples.jsonl");
    Assumptions.assumeTrue(
        Files.exists(examples), "uplinks of real devices are not at hand: nothing to map");
    Map<String, List<Path>> uplinks = new TreeMap<>();
    int number = 0;
    for (String line : Files.readAllLines(examples)) {
      JsonNode example = JSON.readTree(line);
      JsonNode message =
          JSON.readTree(examples.resolveSibling(example.path("file").asText()).toFile());
      ObjectNode values = JSON.createObjectNode();
      for (JsonNode reading : example.path("expected_telemetry")) {
        values.setAll((ObjectNode) reading.path("values"));
      }
      String oem = put(message, values);
      if (oem != null) {
        Path file = folder.resolve(oem + "-" + ++number + ".json");
        JSON.writeValue(file.toFile(), message);
        uplinks.computeIfAbsent(oem, o -> new ArrayList<>()).add(file);
      }
    }
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<String, List<Path>> of : uplinks.entrySet()) {
      assertThat(report(of.getKey(), of.getValue(), wrong)).isEqualTo(of.getValue().size());
    }
    assertThat(uplinks).hasSize(2);
    assertThat(wrong).isEmpty();
  }

  private static @Nullable String put(JsonNode message, ObjectNode values) {
    if (message.path("uplink_message") instanceof ObjectNode uplink) {
      uplink.set("decoded_payload", values);
      return "the-things-stack";
    }
    if (message.has("deviceInfo") && message instanceof ObjectNode chirpStack) {
      chirpStack.set("object", values);
      return "chirpstack";
    }
    return null;
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(f -> !f.getFileName().toString().contains("README"))
          .sorted()
          .toList();
    }
  }

  private static int report(String oem, List<Path> files, List<String> wrong) throws IOException {
    PayloadMap map = new PayloadMap(new ConnectorFolder(ROOT.resolve("connectors/oem/" + oem)), "");
    int understood = 0;
    int readings = 0;
    int faults = 0;
    int untold = 0;
    TreeSet<String> devices = new TreeSet<>();
    TreeSet<String> metrics = new TreeSet<>();
    TreeSet<String> left = new TreeSet<>();
    for (Path file : files) {
      JsonNode line = JSON.valueToTree(map.read(file));
      understood += line.path("readings").isEmpty() && line.path("devices").isEmpty() ? 0 : 1;
      readings += line.path("readings").size();
      faults += line.path("faults").size();
      untold += line.path("error").isNull() ? 0 : 1;
      line.path("devices").forEach(d -> devices.add(d.asText()));
      line.path("leftover").forEach(f -> left.add(f.asText()));
      for (JsonNode reading : line.path("readings")) {
        metrics.add(reading.path("metric").asText());
        String problem = problem(reading);
        if (!problem.isEmpty()) {
          wrong.add(oem + " " + file.getFileName() + ": " + problem + " " + reading);
        }
      }
    }
    System.out.printf(
        "%s: %d payloads, %d understood, %d with an error; %d readings of %d metrics, %d devices, %d"
            + " faults, %d numeric fields left over%n",
        oem,
        files.size(),
        understood,
        untold,
        readings,
        metrics.size(),
        devices.size(),
        faults,
        left.size());
    return understood;
  }

  private static String problem(JsonNode reading) {
    CanonicalMetric metric = CanonicalMetrics.resolve(reading.path("metric").asText()).orElse(null);
    if (metric == null) {
      return "is not in the catalogue";
    }
    JsonNode value = reading.path("value");
    if (metric.isText() != value.isTextual()) {
      return "is not of the metric's type";
    }
    String unit = reading.path("unit").asText("");
    return !reading.path("unit").isNull()
            && !(Units.isKnown(unit) && Units.sameDimension(unit, String.valueOf(metric.unit())))
        ? "has another unit than the metric"
        : "";
  }
}
