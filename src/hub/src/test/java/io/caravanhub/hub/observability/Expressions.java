package io.caravanhub.hub.observability;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.hub.TestDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Expressions of the alerts and of the dashboards in deploy/, by where they stand. */
public final class Expressions {
  private static final Pattern NOT_NAMES =
      Pattern.compile(
          "\"[^\"]*\"|\\{[^}]*}|\\[[^]]*]|\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)|\\b(and|or|unless|offset|bool)\\b");
  private static final Pattern NAME =
      Pattern.compile("(?<![\\w.])[a-zA-Z_:][\\w:]*(?!\\s*\\(|\\w)");

  /** Metrics that begin with the first call of or to an OEM's cloud; the demo has them. */
  static final Set<String> OF_CLOUDS = Set.of("hub_polls_messages_total", "hub_webhooks_total");

  /** Metrics of a hub with Kafka between its stages; {@code HubOnKafkaTest} has them. */
  public static final Set<String> OF_KAFKA =
      Set.of("hub_kafka_up", "hub_kafka_lag_records", "hub_kafka_lag_seconds");

  /** A panel's question to a data source. */
  public record Query(String source, String text) {
    /** As Grafana writes it out, of samples every 15 seconds. */
    public String asked() {
      return text.replace("$__rate_interval", "1m")
          .replaceAll(
              "\\$__timeFilter\\(([^)]*)\\)", "$1 between now() - interval '3 hours' and now()")
          .replaceAll(
              "\\$__timeGroupAlias\\(([^,]*), \\$__interval\\)",
              "to_timestamp(floor(extract(epoch from $1) / 60) * 60) as \"time\"");
    }
  }

  private Expressions() {}

  public static Path deploy() {
    return TestDatabase.root().resolve("deploy");
  }

  static Map<String, String> ofAlerts() throws IOException {
    Map<String, String> all = new LinkedHashMap<>();
    for (JsonNode group :
        new YAMLMapper()
            .readTree(deploy().resolve("prometheus/alerts.yml").toFile())
            .path("groups")) {
      group.path("rules").forEach(r -> all.put(r.path("alert").asText(), r.path("expr").asText()));
    }
    return all;
  }

  /** Of Prometheus where the source is {@code prometheus}, else SQL. */
  public static Map<String, Query> ofPanels() throws IOException {
    Map<String, Query> all = new LinkedHashMap<>();
    for (Path file : dashboards()) {
      JsonNode dashboard = new ObjectMapper().readTree(file.toFile());
      for (JsonNode panel : dashboard.path("panels")) {
        for (JsonNode target : panel.path("targets")) {
          String source = target.path("datasource").path("uid").asText("");
          String text =
              target.has("expr") ? target.path("expr").asText() : target.path("rawSql").asText();
          all.put(
              file.getFileName()
                  + " / "
                  + panel.path("title").asText()
                  + " / "
                  + target.path("refId").asText(),
              new Query(source, text));
        }
      }
    }
    return all;
  }

  static List<Path> dashboards() throws IOException {
    try (Stream<Path> files = Files.list(deploy().resolve("grafana/dashboards"))) {
      return files.filter(f -> f.toString().endsWith(".json")).sorted().toList();
    }
  }

  /** Names of metrics in PromQL. */
  static Set<String> names(String expression) {
    Set<String> names = new TreeSet<>();
    Matcher matcher = NAME.matcher(NOT_NAMES.matcher(expression).replaceAll(" "));
    while (matcher.find()) {
      names.add(matcher.group());
    }
    // Prometheus's own.
    names.removeAll(Set.of("up", "ALERTS"));
    return names;
  }
}
