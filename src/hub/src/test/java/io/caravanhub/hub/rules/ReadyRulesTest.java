package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.DeviceState;
import io.caravanhub.core.rule.KnownMetrics;
import io.caravanhub.core.rule.Peers;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleReader;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The rules that are shipped, each on a series of its own beside all the others. */
class ReadyRulesTest {
  private static final long MINUTE = 60_000;

  private final List<Detection> told = new ArrayList<>();
  private int minute;

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void aRuleSaysOnItsSeriesWhatItShould(String rule, JsonNode asCase) throws IOException {
    RuleDevice device =
        new RuleDevice("default", "d", "S-1", asCase.path("type").asText(), "Acme", "One", null);
    DeviceState state = new DeviceState(device, book(), new Peers());
    for (JsonNode segment : asCase.path("series")) {
      play(state, segment);
    }
    boolean timed = asCase.path("expect").asText().contains("@");
    String said =
        told.stream()
            .filter(d -> d.rule().id().equals(rule) && d.kind() != Detection.Kind.ACTIVE)
            .map(d -> d.kind() + (timed ? "@" + minutes(d) : ""))
            .collect(Collectors.joining(" "));
    assertThat(said).isEqualTo(asCase.path("expect").asText());
  }

  @Test
  void everyRuleThatIsShippedHasASeries() throws IOException {
    Set<String> shipped =
        book().entries().stream()
            .map(e -> e.rule().id())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> tried =
        cases().map(c -> (String) c.get()[0]).collect(Collectors.toCollection(TreeSet::new));
    assertThat(tried).isEqualTo(shipped);
    assertThat(shipped).hasSizeGreaterThan(20);
  }

  private void play(DeviceState state, JsonNode segment) {
    int length = segment.path("minutes").asInt();
    int every = segment.path("every").asInt(1);
    for (int n = 0; n < length; n += every, minute += every) {
      long at = RuleStory.START.toEpochMilli() + minute * MINUTE;
      state.listen(at, 0, told);
      if (segment.path("silent").asBoolean()) {
        continue;
      }
      List<Measurement> readings = new ArrayList<>();
      double part = length <= every ? 0 : (double) n / (length - every);
      for (Map.Entry<String, JsonNode> field : segment.properties()) {
        if (!Set.of("minutes", "every", "silent").contains(field.getKey())) {
          readings.add(reading(field.getKey(), at, field.getValue(), part, n / every));
        }
      }
      state.accept(readings, at, told);
      state.speaks(at, told);
    }
  }

  private static Measurement reading(
      String metric, long at, JsonNode value, double part, int turn) {
    Instant ts = Instant.ofEpochMilli(at);
    if (value.isNumber()) {
      return Measurement.of(metric, ts, value.asDouble(), null);
    }
    if (value.isArray() && value.path(0).isNumber()) {
      double from = value.path(0).asDouble();
      return Measurement.of(metric, ts, from + part * (value.path(1).asDouble() - from), null);
    }
    String text = value.isArray() ? value.path(turn % value.size()).asText() : value.asText();
    return new Measurement(metric, ts, Double.NaN, text, null, Quality.GOOD, null);
  }

  private static long minutes(Detection detection) {
    return (detection.at().toEpochMilli() - RuleStory.START.toEpochMilli()) / MINUTE;
  }

  private static RuleBook book() throws IOException {
    List<RuleBook.Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(TestDatabase.root().resolve("rules"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        for (Rule rule : RuleReader.file(Files.readString(file), KnownMetrics.CATALOGUE)) {
          entries.add(new RuleBook.Entry(null, rule, file.getFileName().toString()));
        }
      }
    }
    return new RuleBook(entries);
  }

  static Stream<Arguments> cases() throws IOException {
    try (InputStream text = ReadyRulesTest.class.getResourceAsStream("/rules/series.yaml")) {
      JsonNode cases = new YAMLMapper().readTree(text);
      return StreamSupport.stream(cases.spliterator(), false)
          .map(one -> Arguments.of(one.path("rule").asText(), one))
          .toList()
          .stream();
    }
  }
}
