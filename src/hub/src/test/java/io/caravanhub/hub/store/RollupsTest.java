package io.caravanhub.hub.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.timeseries.TestWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rollups hold what telemetry holds, also of what came late, and outlive it. */
class RollupsTest {
  private static final List<StoreDatabase> STORES = StoreDatabase.all();
  private static final Limits LIMITS = new Limits(400, 1100, 7);
  private static final List<String> TIERS = List.of("1m", "15m", "1h", "1d");
  private static final int TEMPERATURE = 20;
  private static final int HUMIDITY = 21;

  /** Days ahead of everything the other tests of this class do. */
  private static int used;

  private final Instant day =
      Instant.now().truncatedTo(ChronoUnit.DAYS).plus(Duration.ofDays(10L * ++used));

  static List<StoreDatabase> stores() {
    return STORES;
  }

  @AfterAll
  static void close() {
    STORES.forEach(StoreDatabase::end);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void sayTheSameAsTelemetryInEveryTier(StoreDatabase store) throws SQLException {
    int device = store.device(store.tenant());
    TestWriter writer = store.writer();
    for (int i = 0; i < 3_000; i++) {
      writer.row(device, TEMPERATURE, day.plusSeconds(i * 31L), Math.sin(i) * 40);
      writer.row(device, HUMIDITY, day.plusSeconds(i * 31L).plusNanos(1_000), i % 7);
    }
    writer.write();

    store.roll(LIMITS, day.plus(Duration.ofDays(3)));

    assertRolledUp(store, device);
    assertThat(store.count("select count(*) from telemetry_rollup_1d where device_id = ?", device))
        .isEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void takeInWhatComesLate(StoreDatabase store) throws SQLException {
    int device = store.device(store.tenant());
    TestWriter writer = store.writer();
    writer.row(device, TEMPERATURE, day.plusSeconds(60), 20).write();
    store.roll(LIMITS, day.plus(Duration.ofDays(3)));

    writer.row(device, TEMPERATURE, day.plusSeconds(30), 10);
    writer.row(device, TEMPERATURE, day.plusSeconds(3_600), 30);
    writer.row(device, HUMIDITY, day.plusSeconds(90_000), 50).write();
    store.roll(LIMITS, day.plus(Duration.ofDays(3)).plusSeconds(60));

    assertRolledUp(store, device);
    assertThat(
            store.count(
                "select count from telemetry_rollup_1d where device_id = ? and metric_id = ? and ts"
                    + " = ?::timestamptz",
                device,
                TEMPERATURE,
                day.toString()))
        .isEqualTo(3);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void takeInWhatComesLateToAnHourThatIsBeingRolledUp(StoreDatabase store) throws SQLException {
    int device = store.device(store.tenant());
    TestWriter writer = store.writer();
    writer.row(device, TEMPERATURE, day.plusSeconds(60), 20).write();
    Instant later = day.plus(Duration.ofDays(3));
    store.roll(LIMITS, later);

    call(store, "select telemetry_roll_begin(?::timestamptz)", later);
    writer.row(device, TEMPERATURE, day.plusSeconds(30), 10).write();
    call(store, "select telemetry_roll_late(2000, ?::timestamptz)", day.minusSeconds(864_000));
    writer.row(device, TEMPERATURE, day.plusSeconds(90), 30).write();
    store.roll(LIMITS, later.plusSeconds(60));

    assertRolledUp(store, device);
    assertThat(notes(store, device)).isZero();
  }

  private static void call(StoreDatabase store, String sql, Instant moment) {
    store.sql().sql(sql).param(moment.toString()).query((row, n) -> "").list();
  }

  @ParameterizedTest
  @MethodSource("stores")
  void takeInWhatAReplayChanged(StoreDatabase store) throws SQLException {
    String tenant = store.tenant();
    int device = store.device(tenant);
    Instant noon = day.plus(Duration.ofHours(12));
    store.writer().row(device, TEMPERATURE, noon, 1).row(device, HUMIDITY, noon, 2).write();
    store.roll(LIMITS, day.plus(Duration.ofDays(3)));

    try (Connection connection = store.owner().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("set hub.tenant = '" + tenant + "'");
      statement.execute(
          ("select replay_telemetry(-1, array[%1$d], array[%2$d], array[%4$d], array[50::float8],"
                  + " array[null::text], array[0::int2], array[%1$d], array[%3$d], array[%4$d])")
              .formatted(device, TEMPERATURE, HUMIDITY, noon.getEpochSecond() * 1_000_000));
    }
    store.roll(LIMITS, day.plus(Duration.ofDays(3)).plusSeconds(60));

    assertRolledUp(store, device);
    assertThat(
            store.count(
                "select sum(max)::bigint from telemetry_rollup_1d where device_id = ?", device))
        .isEqualTo(50);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void takeInWhatComesLateWithinADuplicate(StoreDatabase store) throws SQLException {
    int device = store.device(store.tenant());
    TestWriter writer = store.writer();
    writer.row(device, TEMPERATURE, day.plusSeconds(60), 20).write();
    store.roll(LIMITS, day.plus(Duration.ofDays(3)));

    writer.row(device, TEMPERATURE, day.plusSeconds(60), 20);
    assertThat(writer.row(device, TEMPERATURE, day.plusSeconds(61), 21).write()).isEqualTo(1);
    store.roll(LIMITS, day.plus(Duration.ofDays(3)).plusSeconds(60));

    assertRolledUp(store, device);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void leaveOutTextsAndBadValues(StoreDatabase store) throws SQLException {
    int device = store.device(store.tenant());
    store
        .writer()
        .row(device, TEMPERATURE, day, 1, null, 0)
        .row(device, TEMPERATURE, day.plusSeconds(1), 2, null, 1)
        .row(device, TEMPERATURE, day.plusSeconds(2), 4, null, 2)
        .row(device, TEMPERATURE, day.plusSeconds(3), Double.NaN, "off", 0)
        .write();
    store.roll(LIMITS, day.plus(Duration.ofDays(2)));

    assertThat(
            store.count(
                "select (sum * 10 + count)::bigint from telemetry_rollup_1m where device_id = ?",
                device))
        .isEqualTo(32);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void holdWholeBucketsOnly(StoreDatabase store) throws SQLException {
    int device = store.device(store.tenant());
    store.writer().row(device, TEMPERATURE, day.plusSeconds(3_600 * 5 + 60), 1).write();
    store.roll(LIMITS, day.plusSeconds(3_600 * 5 + 20 * 60).plus(Rollups.USUAL_DELAY));

    assertThat(TIERS.stream().map(tier -> rows(store, tier, device)))
        .containsExactly(1L, 1L, 0L, 0L);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void outliveTelemetry(StoreDatabase store) throws SQLException {
    int device = store.device(store.tenant());
    store.writer().row(device, TEMPERATURE, day.plusSeconds(60), 20).write();
    Instant later = day.plus(Duration.ofDays(5));
    store.roll(LIMITS, later);
    Limits three = new Limits(3, 1100, 7);
    try (var connection = store.owner().getConnection()) {
      new Retention(three, null, new io.micrometer.core.instrument.simple.SimpleMeterRegistry())
          .keep(connection, later, c -> {});
    }
    assertThat(store.count("select count(*) from telemetry where device_id = ?", device)).isZero();

    store.roll(three, later.plusSeconds(600));

    assertThat(TIERS).allSatisfy(tier -> assertThat(rows(store, tier, device)).isEqualTo(1));
  }

  @ParameterizedTest
  @MethodSource("stores")
  void showATenantItsOwnAlone(StoreDatabase store) throws SQLException {
    String mine = store.tenant();
    String theirs = store.tenant();
    store
        .writer()
        .row(store.device(mine), TEMPERATURE, day.plusSeconds(60), 20)
        .row(store.device(theirs), TEMPERATURE, day.plusSeconds(60), 21)
        .write();
    store.roll(LIMITS, day.plus(Duration.ofDays(2)));

    for (String tier : TIERS) {
      String at = " where ts <= '" + day.plusSeconds(60) + "' and ts >= '" + day + "'";
      assertThat(store.seen(mine, "select count(*) from telemetry_" + tier + at)).isEqualTo(1);
      assertThat(store.seen(mine, "select max(sum)::bigint from telemetry_" + tier + at))
          .isEqualTo(20);
      assertThat(store.seen("", "select count(*) from telemetry_" + tier)).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("stores")
  void costTheWriterANoteForLateRowsOnly(StoreDatabase store) throws SQLException {
    int device = store.device(store.tenant());
    TestWriter writer = store.writer();
    store.roll(LIMITS, day);
    writer.row(device, TEMPERATURE, day.plusSeconds(60), 20).write();
    assertThat(notes(store, device)).isZero();
    writer.row(device, TEMPERATURE, day.minusSeconds(7_200), 20);
    writer.row(device, HUMIDITY, day.minusSeconds(7_000), 20).write();
    writer.row(device, TEMPERATURE, day.minusSeconds(7_100), 20).write();

    assertThat(notes(store, device)).isEqualTo(store.onTimescale() ? 0 : 1);
    store.roll(LIMITS, day.plusSeconds(60));
    assertThat(notes(store, device)).isZero();
    assertRolledUp(store, device);
  }

  @ParameterizedTest
  @MethodSource("stores")
  void lookAtAnHourThatFillsOnceInAPause(StoreDatabase store) throws SQLException {
    int device = store.device(store.tenant());
    TestWriter writer = store.writer();
    Instant later = day.plus(Duration.ofDays(3));
    store.roll(LIMITS, later);
    Rollups patient = new Rollups(LIMITS, Duration.ofHours(1));
    try (Connection connection = store.owner().getConnection()) {
      writer.row(device, TEMPERATURE, day.plusSeconds(60), 20).write();
      patient.roll(connection, later.plusSeconds(60));
      assertThat(notes(store, device)).isZero();
      assertRolledUp(store, device);

      writer.row(device, TEMPERATURE, day.plusSeconds(30), 10).write();
      writer.row(device, TEMPERATURE, day.plusSeconds(7_200), 10).write();
      patient.roll(connection, later.plusSeconds(120));
      assertThat(notes(store, device)).isEqualTo(store.onTimescale() ? 0 : 1);
      if (!store.onTimescale()) {
        store.sql().sql("update telemetry_late_rolled set at = now() + interval '1 day'").update();
        patient.roll(connection, later.plusSeconds(150));
        assertThat(notes(store, device)).as("the clock was set back").isZero();
      }
    }
    store.roll(LIMITS, later.plusSeconds(180));
    assertThat(notes(store, device)).isZero();
    assertRolledUp(store, device);
  }

  private static long notes(StoreDatabase store, int device) {
    return store.count("select count(*) from telemetry_late where device_id = ?", device);
  }

  private static long rows(StoreDatabase store, String tier, int device) {
    return store.count(
        "select count(*) from telemetry_rollup_" + tier + " where device_id = ?", device);
  }

  /** Each tier against telemetry itself, as far as its whole buckets reach. */
  private static void assertRolledUp(StoreDatabase store, int device) {
    for (int i = 0; i < TIERS.size(); i++) {
      String width = List.of("1 minute", "15 minutes", "1 hour", "1 day").get(i);
      assertThat(
              store.count(
                  """
                  with rolled as (select metric_id, ts, count, round(sum::numeric, 6) as sum, min, max, first, last from telemetry_rollup_%1$s where device_id = %2$d),
                  counted as (
                    select metric_id, telemetry_bucket('%3$s', ts) as ts, count(*) as count, round(sum(value)::numeric, 6) as sum, min(value) as min, max(value) as max,
                           (array_agg(value order by ts))[1] as first, (array_agg(value order by ts desc))[1] as last
                      from telemetry where device_id = %2$d and quality < 2 and value is not null
                       and ts < telemetry_bucket('%3$s', (select rolled_to from telemetry_rolled)) group by 1, 2)
                  select (select count(*) from (select * from rolled except select * from counted) x) + (select count(*) from (select * from counted except select * from rolled) y)
                       + (select case when exists (select from counted) or '%1$s' = '1d' then 0 else 1000 end)\
                  """
                      .formatted(TIERS.get(i), device, width)))
          .as("buckets of %s that differ, on %s", width, store)
          .isZero();
    }
  }
}
