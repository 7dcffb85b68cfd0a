package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.bench.peer.Spawned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What rules cost a reading, by {@code ./hub rule cost} in a process of its own, and how long a
 * rule takes over a quarter of a year that is stored.
 */
final class RuleFigures {
  private static final int SECONDS = 900;
  private static final int DAYS = 90;
  private static final int MINUTES = DAYS * 24 * 60;
  private static final List<String> METRICS =
      List.of(
          "supply_air_temp",
          "return_air_temp",
          "suction_pressure",
          "discharge_pressure",
          "superheat",
          "compressor_current",
          "fan_current",
          "filter_pressure_drop",
          "vibration_rms",
          "power");
  private static final String DAY =
      "select ensure_telemetry_day((cast(? as timestamptz) at time zone 'UTC')::date + n) from generate_series(0, ?) n";
  private static final String FILL =
      """
      with series as (select d.key, m.id from devices d, metrics m
                       where d.id = ?::uuid and m.tenant_id is null and m.key = any(?::text[])),
      noted as (insert into telemetry_series select * from series on conflict do nothing)
      insert into telemetry (device_id, metric_id, ts, value)
      select key, id, ?::timestamptz + n * interval '1 minute', 20 + (n * 7 + id) % 13
        from series, generate_series(0, ?) n order by n
      """;

  private final Path root;
  private final Path folder;
  private final Figures figures;

  RuleFigures(Path root, Path folder, Figures figures) {
    this.root = root;
    this.folder = folder;
    this.figures = figures;
  }

  void run(int rounds) throws IOException, InterruptedException, SQLException {
    cost(rounds);
    Path home = folder.resolve("rules-" + ProcessHandle.current().pid());
    figures.say("starting a hub for the backtest");
    try (HubUnderTest hub = new HubUnderTest(root, home.toAbsolutePath())) {
      backtest(hub, rounds);
    }
  }

  /** Each round is a process of its own: how its compiler turns out is a matter of chance. */
  private void cost(int rounds) throws IOException, InterruptedException {
    List<Double> readings = new ArrayList<>();
    List<Double> nanos = new ArrayList<>();
    List<Double> beside = new ArrayList<>();
    List<Double> drools = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      JsonNode cost = cost();
      readings.add(1e9 / cost.path("rules").asDouble());
      nanos.add(cost.path("rules").asDouble());
      beside.add(cost.path("beside").asDouble() / cost.path("alone").asDouble());
      drools.add(cost.path("drools").asDouble() / cost.path("limits").asDouble());
      figures.say("./hub rule cost, %d of %d, in ns a reading: %s", round, rounds, cost);
    }
    figures.median("readings through 200 rules of a device, one core", "/s", readings);
    figures.median("a reading through them", "ns", nanos);
    figures.median("a reading beside 10,000 rules of others over alone", "", beside);
    figures.median("200 limits: Drools over the hub's evaluator", "", drools);
  }

  private JsonNode cost() throws IOException, InterruptedException {
    Path report = folder.resolve("rule-cost.json");
    Files.deleteIfExists(report);
    List<String> command =
        List.of(root.resolve("hub").toString(), "rule", "cost", "--report", report.toString());
    try (Spawned cost =
        Spawned.start(folder, "rule-cost", Map.of("HUB_SKIP_BUILD", "1"), command)) {
      if (cost.await(SECONDS) != 0) {
        throw new IOException("./hub rule cost failed; see " + folder.resolve("rule-cost.log"));
      }
    }
    return new ObjectMapper().readTree(report.toFile());
  }

  private void backtest(HubUnderTest hub, int rounds)
      throws IOException, InterruptedException, SQLException {
    String device =
        hub.call(
                "POST",
                "/devices",
                "{\"device_serial\": \"BACK-1\", \"device_type\": \"rooftop_unit\", \"manufacturer\": \"Acme\","
                    + " \"model\": \"One\", \"installation_location\": \"roof\", \"connection_type\": \"mqtt\"}")
            .path("id")
            .asText();
    Instant from = Instant.now().minus(Duration.ofDays(DAYS)).truncatedTo(ChronoUnit.MINUTES);
    figures.say("storing %d days of %d metrics", DAYS, METRICS.size());
    fill(hub, device, from);
    figures.say("backtests: one to warm up, then %d", rounds);
    String body =
        "{\"from\": \"%s\", \"device\": \"%s\", \"rule\": {\"id\": \"back\", \"when\": {\"any\": [%s]}, %s}}"
            .formatted(
                from,
                device,
                String.join(
                    ", ",
                    METRICS.stream()
                        .map(metric -> "{\"metric\": \"" + metric + "\", \"above\": 1000}")
                        .toList()),
                "\"event\": {\"type\": \"warning\", \"severity\": \"low\", \"family\": \"f\", \"message\": \"m\"}");
    List<Double> seconds = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      long begun = System.nanoTime();
      JsonNode report = hub.call("POST", "/rules/backtest", body);
      double took = (System.nanoTime() - begun) / 1e9;
      long readings = report.path("readings").asLong();
      if (readings < MINUTES * METRICS.size() || !report.path("notes").isEmpty()) {
        throw new IOException("the backtest is not whole: " + report);
      }
      figures.say("  %,d readings in %.2f s", readings, took);
      if (round > 0) {
        seconds.add(took);
      }
    }
    figures.median(
        "backtest of " + DAYS + " days, " + METRICS.size() + " metrics, 1 min", "s", seconds);
  }

  private static void fill(HubUnderTest hub, String device, Instant from)
      throws IOException, SQLException {
    try (Connection database = hub.database();
        PreparedStatement days = database.prepareStatement(DAY);
        PreparedStatement fill = database.prepareStatement(FILL);
        Statement analyze = database.createStatement()) {
      days.setString(1, from.toString());
      days.setInt(2, DAYS);
      days.execute();
      fill.setString(1, device);
      fill.setArray(2, database.createArrayOf("text", METRICS.toArray()));
      fill.setString(3, from.toString());
      fill.setInt(4, MINUTES - 1);
      fill.executeUpdate();
      analyze.execute("vacuum analyze telemetry");
    }
  }
}
