package io.caravanhub.hub.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * Brings the rollups up to a few minutes ago, and up to date with what came late. On TimescaleDB
 * the continuous aggregates are refreshed tier by tier, so that each sees what came late in one
 * round; elsewhere functions of the schema do the work.
 */
final class Rollups {
  /** What comes later than this is late, and costs its sender's hour a second look. */
  static final Duration USUAL_DELAY = Duration.ofMinutes(5);

  private static final Duration SLICE = Duration.ofHours(1);

  /** After this a round gives way, so that a hub far behind can stop; the next one goes on. */
  private static final Duration ROUND = Duration.ofSeconds(10);

  private static final int NOTES = 2_000;
  private static final int NOTE_ROUNDS = 50;

  private record Tier(String name, long seconds) {}

  private static final List<Tier> TIERS =
      List.of(
          new Tier("1m", 60), new Tier("15m", 900), new Tier("1h", 3_600), new Tier("1d", 86_400));

  private final Limits limits;
  private final Duration pause;

  /**
   * @param pause after which an hour is rolled up again, however often something comes late to it
   */
  Rollups(Limits limits, Duration pause) {
    this.limits = limits;
    this.pause = pause;
  }

  /**
   * One round, up to the moment less the usual delay.
   *
   * @return false when it gave way before it was there
   */
  boolean roll(Connection connection, Instant now) throws SQLException {
    Sql sql = new Sql(connection);
    Instant upto = now.minus(USUAL_DELAY).truncatedTo(ChronoUnit.MINUTES);
    Instant rolledTo = sql.one("select rolled_to from telemetry_rolled", Sql::instant);
    Instant floor = Limits.midnight(Limits.firstDay(now, limits.telemetry()));
    summarize(sql, rolledTo);
    if (sql.onHypertable()) {
      refresh(sql, floor, rolledTo, upto);
      return true;
    }
    return rollNatively(sql, floor, rolledTo, upto);
  }

  /** So that a look at the newest minutes need not read the whole day: it has no other index. */
  private static void summarize(Sql sql, Instant since) throws SQLException {
    sql.list(
        """
        select brin_summarize_new_values(c.oid) from telemetry_days() d
          join pg_index i on i.indrelid = d.name::regclass
          join pg_class c on c.oid = i.indexrelid
          join pg_am a on a.oid = c.relam and a.amname = 'brin'
         where d.day >= (?::timestamptz at time zone 'UTC')::date\
        """,
        row -> row.getInt(1),
        since);
  }

  private static void refresh(Sql sql, Instant floor, Instant rolledTo, Instant upto)
      throws SQLException {
    // A refresh of what telemetry has lost would lose it to the rollups as well. Retention only
    // takes days that are rolled up, so after a long pause the window may begin there.
    Instant whole =
        sql.one(
            "select coalesce(max(f.kept_from), ?) + interval '1 day' from telemetry_floors(?) f",
            Sql::instant,
            floor,
            floor);
    Instant since = whole.isBefore(rolledTo) ? whole : rolledTo.truncatedTo(ChronoUnit.DAYS);
    // In batches, as newer versions do by themselves, what came late takes two rounds.
    boolean inBatches =
        sql.one(
            "select exists (select from pg_proc where proname = 'refresh_continuous_aggregate' and pronargs = 5)",
            row -> row.getBoolean(1));
    for (Tier tier : TIERS) {
      long end = Math.floorDiv(upto.getEpochSecond(), tier.seconds) * tier.seconds;
      if (end - since.getEpochSecond() >= tier.seconds) {
        sql.run(
            "call refresh_continuous_aggregate('telemetry_rollup_"
                + tier.name
                + "', ?::timestamptz, ?::timestamptz"
                + (inBatches ? ", options => '{\"buckets_per_batch\": 0}')" : ")"),
            since,
            Instant.ofEpochSecond(end));
      }
    }
    sql.run(
        "update telemetry_rolled set rolled_to = greatest(rolled_to, ?), late_before = greatest(late_before, ?)",
        upto,
        upto);
  }

  private boolean rollNatively(Sql sql, Instant floor, Instant rolledTo, Instant upto)
      throws SQLException {
    long start = System.nanoTime();
    sql.inTransaction(c -> sql.run("select telemetry_roll_begin(?)", upto));
    for (Instant from = rolledTo; from.isBefore(upto); ) {
      if (System.nanoTime() - start > ROUND.toNanos()) {
        return false;
      }
      Instant slice = from.truncatedTo(ChronoUnit.HOURS).plus(SLICE);
      Instant to = slice.isBefore(upto) ? slice : upto;
      sql.run("select telemetry_roll(?, ?)", from, to);
      from = to;
    }
    int rounds = 0;
    int taken;
    do {
      taken =
          sql.one(
              "select telemetry_roll_late(?, ?, make_interval(secs => ?))",
              row -> row.getInt(1),
              NOTES,
              floor,
              pause.toMillis() / 1_000.0);
      rounds++;
    } while (taken == NOTES && rounds < NOTE_ROUNDS);
    return true;
  }
}
