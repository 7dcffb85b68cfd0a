package io.caravanhub.hub.observability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.observability.Expressions.Query;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each panel's query, asked of a Prometheus that scrapes the running hub and of its database. */
class DashboardsTest {
  private static BusyHub busy;

  @BeforeAll
  static void start() throws Exception {
    busy = new BusyHub();
    busy.hub
        .owner()
        .sql(Files.readString(Expressions.deploy().resolve("postgres/grafana.sql")))
        .update();
  }

  @AfterAll
  static void stop() {
    busy.hub.owner().sql("drop owned by hub_grafana").update();
    busy.hub.owner().sql("drop role hub_grafana").update();
    busy.close();
  }

  @Test
  void everyQueryToPrometheusHasSeries(@TempDir Path folder) throws Exception {
    try (Prometheus prometheus = Prometheus.scraping(busy.hub.uri("/"), "1s", folder)) {
      // Rates want several samples.
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  prometheus
                          .query("min(count_over_time(hub_store_batch_rows_sum[1m])) >= 3")
                          .series()
                      > 0);
      Map<String, String> wrong = new TreeMap<>();
      for (Map.Entry<String, Query> panel : of("prometheus").entrySet()) {
        String text = panel.getValue().text();
        Set<String> names = Expressions.names(text);
        if (Expressions.OF_CLOUDS.containsAll(names) || Expressions.OF_KAFKA.containsAll(names)) {
          continue;
        }
        Prometheus.Result result = prometheus.query(panel.getValue().asked());
        if (!result.error().isEmpty() || result.series() == 0) {
          wrong.put(panel.getKey(), panel.getValue().text() + " -> " + result);
        }
      }
      assertThat(wrong).isEmpty();
    }
  }

  @Test
  void everyQueryToPostgresqlHasRowsForTheRoleOfGrafana() throws Exception {
    busy.hold();
    Map<String, String> wrong = new TreeMap<>();
    for (Map.Entry<String, Query> panel : of("postgres").entrySet()) {
      try {
        if (rows(panel.getValue().asked()) == 0) {
          wrong.put(panel.getKey(), "no rows");
        }
      } catch (SQLException e) {
        wrong.put(panel.getKey(), e.getMessage());
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void theRoleOfGrafanaReadsWhatIsShownAndNothingElse() {
    for (String sql :
        List.of(
            "select payload from actions",
            "select hash from tokens",
            "select credentials from fsm_connections",
            "select * from telemetry",
            "update actions set attempts = 0 returning id")) {
      assertThatThrownBy(() -> rows(sql)).as(sql).hasMessageContaining("permission denied");
    }
  }

  @Test
  void panelsStandBesideEachOtherAndNameTheirSource() throws Exception {
    Set<String> uids = new HashSet<>();
    for (Path file : Expressions.dashboards()) {
      JsonNode dashboard = new ObjectMapper().readTree(file.toFile());
      assertThat(uids.add(dashboard.path("uid").asText())).as(file.toString()).isTrue();
      Set<Integer> ids = new HashSet<>();
      List<int[]> places = new ArrayList<>();
      for (JsonNode panel : dashboard.path("panels")) {
        JsonNode at = panel.path("gridPos");
        int[] place = {
          at.path("x").asInt(), at.path("y").asInt(), at.path("w").asInt(), at.path("h").asInt()
        };
        assertThat(ids.add(panel.path("id").asInt())).isTrue();
        assertThat(place[0] + place[2]).isLessThanOrEqualTo(24);
        assertThat(places).noneMatch(other -> overlap(other, place));
        places.add(place);
        if (panel.path("type").asText().equals("table")) {
          assertThat(panel.at("/fieldConfig/defaults/noValue").asText())
              .as("what %s shows when it is empty", panel.path("title"))
              .isNotBlank();
        }
        for (JsonNode target : panel.path("targets")) {
          assertThat(target.at("/datasource/uid").asText())
              .isEqualTo(panel.at("/datasource/uid").asText())
              .isIn("prometheus", "postgres");
        }
      }
    }
    assertThat(uids).hasSizeGreaterThanOrEqualTo(5);
  }

  private static boolean overlap(int[] a, int[] b) {
    return a[0] < b[0] + b[2] && b[0] < a[0] + a[2] && a[1] < b[1] + b[3] && b[1] < a[1] + a[3];
  }

  private static Map<String, Query> of(String source) throws Exception {
    Map<String, Query> panels = new TreeMap<>(Expressions.ofPanels());
    panels.values().removeIf(query -> !query.source().equals(source));
    assertThat(panels).isNotEmpty();
    return panels;
  }

  private static int rows(String sql) throws SQLException {
    try (Connection connection = busy.hub.database().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("set role hub_grafana");
      try (ResultSet found = statement.executeQuery(sql)) {
        int rows = 0;
        while (found.next()) {
          rows++;
        }
        return rows;
      }
    }
  }
}
