package io.caravanhub.bench;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * The telemetry API over a store of many rows: 30 days of 10,000 devices with five metrics each,
 * evenly spread.
 */
final class Queries {
  private static final int DEVICES = 10_000;
  private static final int METRICS = 5;
  private static final int DAYS = 30;
  private static final int CALLS = 400;
  private static final int ROLLUP_MINUTES = 60;

  private final HubUnderTest hub;
  private final Figures figures;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Random random = new Random(1);

  Queries(HubUnderTest hub, Figures figures) {
    this.hub = hub;
    this.figures = figures;
  }

  void run(long rows, int rounds) throws IOException, SQLException, InterruptedException {
    fill(rows);
    String month = Instant.now().minus(Duration.ofDays(DAYS)).toString();
    String yesterday = Instant.now().minus(Duration.ofHours(24)).toString();
    measure("latest of a device, p95", rounds, device -> "latest");
    measure(
        "24 h history of a device, p95", rounds, device -> "history?limit=5000&from=" + yesterday);
    measure(
        "30 d hourly of a metric, p95",
        rounds,
        device -> "aggregate?metric=bench_1&bucket=PT1H&limit=1000&from=" + month);
  }

  private void fill(long rows) throws IOException, SQLException, InterruptedException {
    long each = rows / DEVICES / METRICS / DAYS;
    try (Connection connection = hub.database();
        Statement statement = connection.createStatement()) {
      if (isFilled(statement)) {
        awaitRollups(statement);
        return;
      }
      statement.execute(
          "insert into devices (tenant_id, serial, device_type, connection_type)"
              + " select 'default', 'BENCH-' || n, 'bench', 'mqtt' from generate_series(1, "
              + DEVICES
              + ") n on conflict do nothing");
      statement.execute(
          "insert into metrics (tenant_id, key, unit) select 'default', 'bench_' || n, 'Cel' from"
              + " generate_series(1, "
              + METRICS
              + ") n on conflict do nothing");
      for (int day = DAYS; day >= 0; day--) {
        statement.execute(
            "select ensure_telemetry_day((now() at time zone 'UTC')::date - " + day + ")");
        statement.execute(
            "insert into telemetry (device_id, metric_id, ts, value)"
                + " select d.key, m.id, t.ts, 20 + random() * 5"
                + " from (select key from devices where serial like 'BENCH-%') d,"
                + " (select id from metrics where key like 'bench\\_%') m,"
                + " (select date_trunc('day', now(), 'UTC') - interval '"
                + day
                + " days' + n * interval '1 day' / "
                + each
                + " as ts from generate_series(0, "
                + (each - 1)
                + ") n) t where t.ts < now() order by 1, 2, 3 on conflict do nothing");
        figures.say("filling: %d of %d days", DAYS - day, DAYS);
      }
      statement.execute(
          "insert into telemetry_series select d.key, m.id from devices d, metrics m"
              + " where d.serial like 'BENCH-%' and m.key like 'bench\\_%' on conflict do nothing");
      statement.execute(
          "update telemetry_rolled set rolled_to = now() - interval '" + (DAYS + 1) + " days'");
      statement.execute("vacuum analyze telemetry");
      awaitRollups(statement);
    }
  }

  /** The series are noted after the last row. */
  private static boolean isFilled(Statement statement) throws SQLException {
    try (ResultSet series =
        statement.executeQuery(
            "select from telemetry_series s join devices d on d.key = s.device_id where d.serial = 'BENCH-"
                + DEVICES
                + "'")) {
      return series.next();
    }
  }

  private void awaitRollups(Statement statement) throws SQLException, InterruptedException {
    for (int i = 0; i < ROLLUP_MINUTES * 12; i++) {
      try (ResultSet behind =
          statement.executeQuery(
              "select rolled_to > now() - interval '15 minutes', rolled_to from telemetry_rolled")) {
        if (!behind.next() || behind.getBoolean(1)) {
          return;
        }
        if (i % 12 == 0) {
          figures.say("the hub's rollups have come to %s", behind.getTimestamp(2).toInstant());
        }
      }
      TimeUnit.SECONDS.sleep(5);
    }
    figures.say("the rollups did not come up within %d minutes", ROLLUP_MINUTES);
  }

  private void measure(String what, int rounds, IntFunction<String> call)
      throws IOException, InterruptedException {
    List<Double> p95 = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      double[] millis = new double[CALLS];
      for (int i = 0; i < CALLS; i++) {
        int device = random.nextInt(DEVICES) + 1;
        HttpRequest request =
            hub.request("/devices/BENCH-" + device + "/telemetry/" + call.apply(device));
        long start = System.nanoTime();
        HttpResponse<byte[]> answer = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        millis[i] = (System.nanoTime() - start) / 1e6;
        if (answer.statusCode() != 200) {
          throw new IOException(request.uri() + " answered " + answer.statusCode());
        }
      }
      java.util.Arrays.sort(millis);
      if (round > 0) {
        p95.add(millis[CALLS * 95 / 100]);
      }
    }
    figures.median(what, "ms", p95);
  }
}
