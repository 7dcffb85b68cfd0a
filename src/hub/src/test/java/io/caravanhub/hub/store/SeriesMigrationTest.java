package io.caravanhub.hub.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.TestServer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A store from before series were noted. */
class SeriesMigrationTest {
  private static final Limits THREE_DAYS = new Limits(3, 1100, 7);

  static Stream<TestServer> servers() {
    return Stream.of(Optional.of(TestServer.embedded()), TestServer.timescale())
        .flatMap(Optional::stream);
  }

  @ParameterizedTest
  @MethodSource("servers")
  void keepsTheSeriesOfTelemetryAndOfWhatOnlyTheRollupsHold(TestServer server) throws SQLException {
    String name = server.create();
    server.migrate(name, "7");
    DataSource database = server.database(name);
    JdbcClient owner = JdbcClient.create(database);
    // Which version 7 had without the pause.
    owner
        .sql(
            """
            create function telemetry_roll_late(notes int, kept_from timestamptz, pause interval) returns int
            language sql begin atomic select telemetry_roll_late(notes, kept_from); end\
            """)
        .update();
    Instant day = Instant.now().truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(2));
    store(owner, 1, day);
    store(owner, 2, day.plus(Duration.ofDays(5)));
    Instant now = day.plus(Duration.ofDays(6));
    try (Connection connection = database.getConnection()) {
      StoreDatabase.roll(THREE_DAYS, connection, now);
      new Retention(THREE_DAYS, null, new SimpleMeterRegistry()).keep(connection, now, c -> {});
    }
    assertThat(metrics(owner, "telemetry")).containsExactly(2);

    server.migrate(name, "8");

    assertThat(metrics(owner, "telemetry_series")).containsExactly(1, 2);
  }

  private static void store(JdbcClient owner, int metric, Instant ts) {
    owner
        .sql("select ensure_telemetry_day((?::timestamptz at time zone 'UTC')::date)::text")
        .param(ts.toString())
        .query((row, n) -> "")
        .list();
    owner
        .sql(
            "insert into telemetry (device_id, metric_id, ts, value) values (7, ?, ?::timestamptz, 1)")
        .params(metric, ts.toString())
        .update();
  }

  private static List<Integer> metrics(JdbcClient owner, String table) {
    return owner
        .sql("select distinct metric_id from " + table + " where device_id = 7 order by 1")
        .query(Integer.class)
        .list();
  }
}
