package io.caravanhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.unit.Units;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * Payloads of real devices through the mappings of their models, where they are at hand: each gives
 * something to store and nothing to refuse, or is one of the messages that measure nothing.
 */
class RealFixturesTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root"));
  private static final Path DATA = ROOT.resolve("../shared/data").normalize();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NONE = "no measurements";

  /** Messages that measure nothing, by a field that tells them, and what they are. */
  private static final Map<String, String> NOTHING_MEASURED =
      Map.of(
          "cmd", "the answer to a command",
          "plan_schedule", "settings",
          "plan_settings", "settings",
          "control_permissions", "settings",
          "temperature_control_mode_enable", "settings",
          "networkStatus", "the radio of the sensor, which is all that it tells",
          "added", "labels that somebody changed",
          "ping", "a ping of the event stream");

  @Test
  void everyFixtureOfAShippedModelGivesMeasurements() throws IOException {
    Assumptions.assumeTrue(
        Files.isDirectory(DATA), "payloads of real devices are not at hand: nothing to compare");
    Map<String, Mapping> mappings = new TreeMap<>();
    List<String> wrong = new ArrayList<>();
    int mapped = 0;
    for (Fixtures.Fixture fixture : new Fixtures(DATA).all()) {
      Path file = ROOT.resolve("mappings/" + fixture.mapping() + ".jsonata");
      if (!Files.exists(file)) {
        continue;
      }
      Mapping mapping = mappings.computeIfAbsent(fixture.mapping(), name -> compile(name, file));
      String problem = problem(mapping, fixture.payload());
      if (!problem.isEmpty() && !(problem.equals(NONE) && measuresNothing(fixture.payload()))) {
        wrong.add(fixture.mapping() + " " + fixture.name() + ": " + problem);
      }
      mapped++;
    }
    assertThat(wrong).isEmpty();
    assertThat(mapped).isGreaterThan(100);
  }

  private static Mapping compile(String name, Path file) {
    try {
      return Mapping.compile(new MappingSource(name, "file", Files.readString(file)));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String problem(Mapping mapping, JsonNode payload) {
    try {
      Object result =
          mapping.apply(
              JSON.convertValue(payload, Object.class),
              Map.of("device", "d", "tenant", "default", "received", 1_795_176_000_000L),
              MappingBounds.DEFAULT);
      List<JsonNode> measurements = new ArrayList<>();
      JSON.valueToTree(result)
          .findValues("measurements")
          .forEach(l -> l.forEach(measurements::add));
      return measurements.stream().allMatch(RealFixturesTest::isRadio)
          ? NONE
          : measurements.stream().map(RealFixturesTest::refusal).reduce("", String::concat);
    } catch (MappingException e) {
      return e.reason();
    }
  }

  private static boolean measuresNothing(JsonNode payload) {
    return NOTHING_MEASURED.keySet().stream()
        .anyMatch(
            field ->
                payload.findValue(field) != null
                    || payload.findValuesAsText("eventType").contains(field));
  }

  /**
   * Every uplink has these; a mapping that missed all of the device's values would have them too.
   */
  private static boolean isRadio(JsonNode measurement) {
    return measurement.path("name").asText().startsWith("signal_");
  }

  /** Why the hub would refuse the measurement, or nothing. */
  private static String refusal(JsonNode measurement) {
    JsonNode value = measurement.path("value");
    boolean usable =
        value.isTextual() && !measurement.has("unit")
            || value.isBoolean()
            || value.isNumber() && Double.isFinite(value.asDouble())
            || value.isNull() && measurement.path("quality").asText().equals("bad");
    boolean unit = !measurement.has("unit") || Units.isKnown(measurement.path("unit").asText());
    return usable && unit && measurement.path("name").isTextual() ? "" : measurement.toString();
  }
}
