package io.caravanhub.hub.rules;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import io.caravanhub.core.rule.Condition;
import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.DevicePast;
import io.caravanhub.core.rule.KnownMetrics;
import io.caravanhub.core.rule.Limit;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleReader;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.edge.rule.SteppedRules;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.telemetry.TrialReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SimpleDriverDataSource;

/** The shipped rules say the same in the hub and on a gateway, of the same messages. */
class EdgeParityTest {
  private static final Path RULES = TestDatabase.root().resolve("rules");
  private static final Instant START = Instant.parse("2024-03-01T08:00:00Z");
  private static final String[] STATES = {"on", "off", "active", "open", "closed", "reopening"};
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TrialReader READER = TrialReader.offline();

  @TempDir Path folder;
  private Instant now = START;

  @ParameterizedTest(name = "{0}")
  @MethodSource("io.caravanhub.hub.rules.ReadyRulesTest#cases")
  void bothSayTheSameOfTheSeriesOfARule(String rule, JsonNode asCase) throws IOException {
    List<Map<String, Object>> series = new ArrayList<>();
    for (JsonNode segment : asCase.path("series")) {
      play(segment, series);
    }
    List<String> said = both(asCase.path("type").asText(), series);
    assertThat(said).anyMatch(line -> line.startsWith(rule + " RAISE"));
  }

  @ParameterizedTest
  @MethodSource("types")
  void bothSayTheSameOfADayOfEverythingThatGoesUpAndDown(String type) throws IOException {
    Map<String, List<Double>> limits = limits(type);
    Random random = new Random(type.hashCode());
    Map<String, Double> levels = new TreeMap<>();
    List<Map<String, Object>> series = new ArrayList<>();
    for (int minute = 0; minute < 480; minute++) {
      if (random.nextInt(40) == 0) {
        series.add(Map.of());
        continue;
      }
      Map<String, Object> values = new LinkedHashMap<>();
      limits.forEach((metric, of) -> values.put(metric, value(metric, of, levels, random)));
      series.add(values);
    }
    both(type, series);
  }

  private static Object value(
      String metric, List<Double> limits, Map<String, Double> levels, Random random) {
    CanonicalMetric known = CanonicalMetrics.resolve(metric).orElse(null);
    if (known != null && known.isText()) {
      return STATES[random.nextInt(4) == 0 ? random.nextInt(STATES.length) : 0];
    }
    if (!levels.containsKey(metric) || random.nextInt(45) == 0) {
      double limit = limits.isEmpty() ? 20 : limits.get(random.nextInt(limits.size()));
      levels.put(metric, limit * (0.5 + random.nextDouble()));
    }
    return levels.get(metric) + (random.nextInt(3) == 0 ? random.nextGaussian() / 10 : 0);
  }

  /** The metrics of the rules for a type, with the numbers they are compared with. */
  private static Map<String, List<Double>> limits(String type) throws IOException {
    Map<String, List<Double>> limits = new TreeMap<>();
    for (RuleBook.Entry entry : book().entries()) {
      String wanted = entry.rule().scope().deviceType();
      if (wanted != null && !wanted.equals(type)) {
        continue;
      }
      for (Condition condition : entry.rule().conditions()) {
        for (String metric : condition.metrics()) {
          limits.computeIfAbsent(metric, name -> new ArrayList<>());
        }
        for (Condition.Compared compared : condition.comparisons()) {
          for (String metric : compared.amount().metrics()) {
            if (compared.bound().limit() instanceof Limit.Constant constant) {
              limits.get(metric).add(constant.value());
            }
          }
        }
      }
    }
    return limits;
  }

  static Set<String> types() throws IOException {
    Set<String> types = new java.util.TreeSet<>();
    for (RuleBook.Entry entry : book().entries()) {
      String type = entry.rule().scope().deviceType();
      types.add(type == null ? "anything" : type);
    }
    return types;
  }

  /** What both said of the values, minute by minute; an empty minute is silent. */
  private List<String> both(String type, List<Map<String, Object>> series) throws IOException {
    RuleDevice device = new RuleDevice("default", "S-1", "S-1", type, "Acme", "One", null);
    Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    RuleBook book = book();
    RuleEngine hub = new RuleEngine(() -> book, new NoPast(device), clock, 0);
    List<String> ofHub = new ArrayList<>();
    List<String> ofEdge = new ArrayList<>();
    try (SteppedRules edge =
        new SteppedRules(
            RULES,
            folder.resolve("state"),
            List.of(device),
            (name, body) -> ofEdge.add(line(JSON.readTree(body))),
            clock)) {
      int minute = 0;
      for (Map<String, Object> values : series) {
        if (minute++ % 5 == 0) {
          hub.watch().forEach(detection -> add(detection, ofHub));
          edge.tick();
        }
        if (!values.isEmpty()) {
          byte[] body = body(values);
          edge.take("S-1", body);
          List<Measurement> read =
              READER.read(JSON.readValue(body, Map.class), "default", now).measurements();
          hub.evaluate(new Telemetry("default", "S-1", "modbus", read))
              .forEach(detection -> add(detection, ofHub));
        }
        now = now.plusSeconds(60);
      }
    }
    assertThat(ofEdge).isEqualTo(ofHub);
    return ofHub;
  }

  private static void add(Detection said, List<String> lines) {
    if (said.kind() != Detection.Kind.ACTIVE) {
      lines.add(
          String.join(
              " ",
              said.rule().id(),
              said.kind().name(),
              said.onset().toString(),
              said.at().toString(),
              said.rule().outcome().severity().label(),
              String.valueOf(said.value()),
              String.valueOf(said.threshold()),
              String.valueOf(said.unit()),
              said.message()));
    }
  }

  private static String line(JsonNode event) {
    return String.join(
        " ",
        event.path("rule").asText(),
        event.path("state").asText().equals("cleared")
            ? "CLEAR"
            : event.path("escalated").asBoolean() ? "ESCALATE" : "RAISE",
        event.path("onset").asText(),
        event.path("timestamp").asText(),
        event.path("severity").asText(),
        String.valueOf(event.has("value") ? event.path("value").asDouble() : Double.NaN),
        String.valueOf(event.has("threshold") ? event.path("threshold").asDouble() : Double.NaN),
        event.path("unit").asText("null"),
        event.path("message").asText());
  }

  /** Temperatures as a device in Fahrenheit sends them. */
  private byte[] body(Map<String, Object> values) throws IOException {
    List<Map<String, Object>> measurements = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          boolean celsius =
              CanonicalMetrics.resolve(name).filter(m -> "Cel".equals(m.unit())).isPresent();
          measurements.add(
              celsius && value instanceof Number number
                  ? Map.of("name", name, "value", number.doubleValue() * 1.8 + 32, "unit", "[degF]")
                  : Map.of("name", name, "value", value));
        });
    return JSON.writeValueAsBytes(
        Map.of("device_id", "S-1", "timestamp", now.toString(), "measurements", measurements));
  }

  /** As {@link ReadyRulesTest} plays it. */
  private static void play(JsonNode segment, List<Map<String, Object>> series) {
    int length = segment.path("minutes").asInt();
    int every = segment.path("every").asInt(1);
    for (int n = 0; n < length; n++) {
      Map<String, Object> values = new LinkedHashMap<>();
      double part = length <= every ? 0 : (double) n / (length - every);
      for (Map.Entry<String, JsonNode> field : segment.properties()) {
        JsonNode value = field.getValue();
        if (n % every == 0
            && !segment.path("silent").asBoolean()
            && !Set.of("minutes", "every", "silent").contains(field.getKey())) {
          values.put(
              field.getKey(),
              value.isNumber()
                  ? (Object) value.asDouble()
                  : !value.isArray()
                      ? value.asText()
                      : value.path(0).isNumber()
                          ? (Object)
                              (value.path(0).asDouble()
                                  + part * (value.path(1).asDouble() - value.path(0).asDouble()))
                          : value.path(n / every % value.size()).asText());
        }
      }
      series.add(values);
    }
  }

  private static RuleBook book() throws IOException {
    List<RuleBook.Entry> entries = new ArrayList<>();
    try (Stream<Path> files = Files.list(RULES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList()) {
        for (Rule rule : RuleReader.file(Files.readString(file), KnownMetrics.CATALOGUE)) {
          entries.add(new RuleBook.Entry(null, rule, file.getFileName().toString()));
        }
      }
    }
    return new RuleBook(entries);
  }

  /** One device, of which nothing is stored. */
  private static final class NoPast extends DeviceHistory {
    private final RuleDevice device;

    private NoPast(RuleDevice device) {
      super(JdbcClient.create(new SimpleDriverDataSource()));
      this.device = device;
    }

    @Override
    List<String> tenants() {
      return List.of("default");
    }

    @Override
    List<RuleDevice> devices(String tenant) {
      return List.of(device);
    }

    @Override
    Optional<RuleDevice> device(String tenant, String id) {
      return Optional.of(device);
    }

    @Override
    List<DevicePast.LastEvent> lastEvents(RuleDevice of) {
      return List.of();
    }

    @Override
    List<Measurement> recent(RuleDevice of, Map<String, Long> lookBackMillis, long unjudged) {
      return List.of();
    }

    @Override
    Optional<Instant> lastHeard(RuleDevice of) {
      return Optional.empty();
    }
  }
}
