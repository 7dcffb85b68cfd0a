package io.caravanhub.edge.rule;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;

/** A gateway's rules with a clock, a rooftop unit RTU-1 and a sink that may refuse. */
final class RulesRun {
  static final Instant START = Instant.parse("2026-03-01T08:00:00Z");
  private static final DefaultCamelContext CONTEXT = new DefaultCamelContext();
  private static final ObjectMapper JSON = new ObjectMapper();

  final List<JsonNode> told = new ArrayList<>();
  private final EdgeRuleSettings settings;
  private final int room;
  boolean refuses;
  Instant now = START;
  EdgeRules rules;

  RulesRun(Path folder, String yaml) throws IOException {
    this(folder, yaml, 10_000);
  }

  /** With room for so many devices. */
  RulesRun(Path folder, String yaml, int room) throws IOException {
    this.room = room;
    Path files = Files.createDirectories(folder.resolve("rules"));
    write(files.resolve("a.yaml"), yaml);
    RuleDevice listed =
        EdgeRuleSettings.device("default", "RTU-1", "rooftop_unit", "Norvane", "RX500");
    settings = new EdgeRuleSettings(files, folder.resolve("state"), "default", List.of(listed));
    rules = started();
  }

  static void write(Path file, String text) throws IOException {
    Files.writeString(file, text);
  }

  /** A rule {@code r} with the given {@code when}. */
  static String rule(String when) {
    return rule(when, "");
  }

  static String rule(String when, String more) {
    return "rules: [{id: r, when: "
        + when
        + ", "
        + more
        + "event: {type: likely_failure, severity: high, family: f, message: '{metric} {value}'}}]";
  }

  private EdgeRules started() {
    EdgeRules made =
        new EdgeRules(
            settings,
            this::take,
            ((InstantSource) () -> now).withZone(ZoneOffset.UTC),
            3_600_000,
            room);
    made.start();
    return made;
  }

  private void take(String device, byte[] body) throws IOException {
    if (refuses) {
      throw new IOException("the spool is full");
    }
    told.add(JSON.readTree(body));
  }

  /** The gateway is stopped and started again. */
  void restart() {
    rules.stop();
    rules = started();
  }

  /** Its process is killed, some seconds after it last wrote down what it knows. */
  void kill() {
    rules.tick();
    crash();
  }

  /** Its process is killed before it wrote down what it last did. */
  void crash() {
    rules = started();
  }

  RulesRun measure(int second, String metric, Object value) {
    return say("RTU-1", second, "{\"name\":\"" + metric + "\",\"value\":" + json(value) + "}");
  }

  private static String json(Object value) {
    return value instanceof String ? "\"" + value + "\"" : value.toString();
  }

  RulesRun say(String device, int second, String measurements) {
    now = START.plusSeconds(second);
    String body =
        "{\"device_id\":\"%s\",\"timestamp\":\"%s\",\"measurements\":[%s]}"
            .formatted(device, now, measurements);
    Exchange exchange = exchange(device, body);
    rules.process(exchange, done -> {});
    if (exchange.getException() != null) {
      throw new IllegalStateException(exchange.getException());
    }
    return this;
  }

  static Exchange exchange(String device, String body) {
    Exchange exchange = new DefaultExchange(CONTEXT);
    exchange.getMessage().setHeader(TelemetryHeaders.DEVICE, device);
    exchange.getMessage().setBody(body.getBytes(StandardCharsets.UTF_8));
    return exchange;
  }

  /** The clock goes on, and the gateway looks at files and at those who say nothing. */
  RulesRun clock(int second) {
    now = START.plusSeconds(second);
    rules.tick();
    return this;
  }

  /** What was told, as {@code raised@12 cleared@20}: seconds of the measurements. */
  String plot() {
    return told.stream()
        .map(event -> event.path("state").asText() + "@" + second(event, "timestamp"))
        .collect(Collectors.joining(" "));
  }

  static long second(JsonNode event, String field) {
    return Instant.parse(event.path(field).asText()).getEpochSecond() - START.getEpochSecond();
  }

  static JsonNode parse(String text) throws JsonProcessingException {
    return JSON.readTree(text);
  }
}
