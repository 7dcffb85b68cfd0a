package io.caravanhub.hub.demo;

import io.caravanhub.hub.observability.Expressions;
import io.caravanhub.hub.observability.Expressions.Query;
import io.caravanhub.hub.observability.Prometheus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the panels of deploy/grafana show of a demo that has run for some minutes with its gateway:
 * each question, asked as Grafana asks it, of Prometheus and, as Grafana's role, of the database.
 */
final class DemoDashboards {
  /** Of these nothing is to be seen while all is well; they show their {@code noValue}. */
  private static final Set<String> EMPTY =
      Set.of(
          "fsm.json / Actions that need somebody / A",
          "pipeline.json / Dead letters a minute, by source / A",
          "pipeline.json / Records that wait in Kafka, by the group of their stage / A",
          "pipeline.json / Records that wait in Kafka, by the group of their stage / B");

  /** These show 0 while all is well: what waits, fails, is late, silent or turned away. */
  private static final List<String> QUIET =
      List.of(
          "devices.json / Silent",
          "edge.json / Fullest spool",
          "edge.json / How full the fullest spools are",
          "edge.json / Never heard of",
          "edge.json / Records dropped",
          "edge.json / Records in the fullest spools",
          "edge.json / Silent",
          "fsm.json / Breakers that are open or trying",
          "fsm.json / Connections in trouble",
          "fsm.json / Overdue",
          "fsm.json / Refused",
          "fsm.json / Wait for a person",
          "overview.json / Actions overdue for",
          "overview.json / Alerts",
          "overview.json / Dead letters kept",
          "overview.json / FSM connections in trouble",
          "overview.json / Open critical events",
          "overview.json / Pipeline lag",
          "overview.json / Silent devices",
          "overview.json / Silent gateways",
          "pipeline.json / Bytes that wait for the database",
          "pipeline.json / Connections of the database in use",
          "pipeline.json / Dead letters an hour",
          "pipeline.json / Failed messages a second, by route",
          "pipeline.json / From the queue to the commit / C",
          "pipeline.json / Lag",
          "pipeline.json / Messages refused or held back at the door",
          "pipeline.json / Messages that fail",
          "pipeline.json / Rows that wait",
          "pipeline.json / What waits for the database",
          "pipeline.json / Work that waits for a connection");

  private final Prometheus prometheus;
  private final String url;

  /**
   * Makes Grafana's role in the demo's database, as docs/OBSERVABILITY.md tells.
   *
   * @param home of the demo
   */
  DemoDashboards(Prometheus prometheus, Path home) throws IOException, SQLException {
    this.prometheus = prometheus;
    String port = Files.readAllLines(home.resolve("postgres/postmaster.pid")).get(3);
    this.url = "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    String password = Files.readString(home.resolve("postgres.password")).strip();
    String role = Files.readString(Expressions.deploy().resolve("postgres/grafana.sql"));
    try (Connection owner = DriverManager.getConnection(url, "postgres", password);
        Statement statement = owner.createStatement()) {
      statement.execute(role);
      statement.execute("alter role hub_grafana login password 'shown'");
    }
  }

  /** Panels that do not show what they should, with what they asked and what they got. */
  Map<String, String> wrong() throws Exception {
    Map<String, String> wrong = new TreeMap<>();
    try (Connection database = DriverManager.getConnection(url, "hub_grafana", "shown")) {
      for (Map.Entry<String, Query> panel : Expressions.ofPanels().entrySet()) {
        String asked = panel.getValue().asked();
        String fault =
            panel.getValue().source().equals("prometheus")
                ? series(panel.getKey(), asked)
                : rows(panel.getKey(), asked, database);
        if (!fault.isEmpty()) {
          wrong.put(panel.getKey(), asked + " -> " + fault);
        }
      }
    }
    return wrong;
  }

  private String series(String panel, String asked) throws Exception {
    // As much of the time as a person looks at: a single moment may be quiet.
    Prometheus.Result result = prometheus.query("max_over_time((" + asked + ")[10m:15s])");
    if (result.series() == 0 && result.error().isEmpty() && EMPTY.contains(panel)) {
      return "";
    }
    boolean quiet = EMPTY.contains(panel) || QUIET.stream().anyMatch(panel::startsWith);
    return result.highest() > 0 || quiet && result.highest() == 0 ? "" : result.toString();
  }

  private static String rows(String panel, String asked, Connection database) {
    try (Statement statement = database.createStatement();
        ResultSet found = statement.executeQuery(asked)) {
      return found.next() || EMPTY.contains(panel) ? "" : "no rows";
    } catch (SQLException e) {
      return e.getMessage();
    }
  }
}
