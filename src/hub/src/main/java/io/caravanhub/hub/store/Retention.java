package io.caravanhub.hub.store;

import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes out of telemetry what is older than the limits: whole days for everybody's limit, rows for
 * a tenant's own. Only days that are rolled up go, and with an archive only what it holds whole.
 */
final class Retention {
  private static final Logger LOG = LoggerFactory.getLogger(Retention.class);

  private final Limits limits;
  private final @Nullable DayArchive archive;
  private final MeterRegistry meters;

  Retention(Limits limits, @Nullable DayArchive archive, MeterRegistry meters) {
    this.limits = limits;
    this.archive = archive;
    this.meters = meters;
  }

  private record Day(LocalDate day, String name) {}

  private record Own(String tenant, LocalDate first, Integer[] devices) {}

  /**
   * Drops what is over the limits now.
   *
   * @param fence last step of each transaction that drops something, and fails when another hub has
   *     this work now
   */
  void keep(Connection connection, Instant now, Upkeep fence) throws SQLException {
    Sql sql = new Sql(connection);
    LocalDate rolled =
        sql.one("select rolled_to from telemetry_rolled", Sql::instant)
            .atZone(ZoneOffset.UTC)
            .toLocalDate();
    LocalDate first = Limits.firstDay(now, limits.telemetry());
    List<Day> days =
        sql.list(
            "select day, name from telemetry_days() where day < ? order by day",
            row -> new Day(row.getObject(1, LocalDate.class), row.getString(2)),
            rolled);
    for (Day day : days) {
      if (day.day.isBefore(first)) {
        drop(sql, day, fence);
      }
    }
    for (Own own : tenantsWithLess(sql, first)) {
      for (Day day : days) {
        if (!day.day.isBefore(first) && day.day.isBefore(own.first)) {
          delete(sql, own, day.day, fence);
        }
      }
    }
    dropRollups(sql, Limits.firstDay(now, limits.fineRollups()));
  }

  private void drop(Sql sql, Day day, Upkeep fence) throws SQLException {
    Long rows = archived(sql, day.day, null);
    sql.inTransaction(
        c -> {
          sql.run("set local lock_timeout = '5s'");
          if (rows != null) {
            sql.run("lock table " + day.name + " in exclusive mode");
            same(rows, DayArchive.count(sql, day.day), day.day);
          }
          if (sql.onHypertable()) {
            sql.run(
                "select drop_chunks('telemetry', older_than => ?::timestamptz, newer_than => ?::timestamptz)",
                Limits.midnight(day.day.plusDays(1)),
                Limits.midnight(day.day));
          } else {
            sql.run("drop table " + day.name);
          }
          log(sql, day.day, null, rows);
          fence.run(c);
        });
    meters.counter("hub.store.dropped.days").increment();
    LOG.info(
        "Dropped telemetry of {}{}", day.day, rows == null ? "" : ", " + rows + " rows archived");
  }

  private static List<Own> tenantsWithLess(Sql sql, LocalDate first) throws SQLException {
    return sql.list(
        """
        select f.tenant_id, (f.kept_from at time zone 'UTC')::date, array_agg(f.device_key)
          from telemetry_floors(?) f where f.kept_from > ? group by 1, 2\
        """,
        row ->
            new Own(
                row.getString(1),
                row.getObject(2, LocalDate.class),
                (Integer[]) row.getArray(3).getArray()),
        Limits.midnight(first),
        Limits.midnight(first));
  }

  private void delete(Sql sql, Own own, LocalDate day, Upkeep fence) throws SQLException {
    Instant since = Limits.midnight(day);
    Instant until = Limits.midnight(day.plusDays(1));
    Array devices = sql.connection().createArrayOf("int4", own.devices);
    boolean any =
        sql.one(
            "select exists (select from telemetry where device_id = any (?) and ts >= ? and ts < ?)",
            row -> row.getBoolean(1),
            devices,
            since,
            until);
    if (any) {
      Long rows = archived(sql, day, own.tenant);
      sql.inTransaction(
          c -> {
            // Writers go on: only the deletion itself can say whether it took what is archived.
            long deleted =
                sql.change(
                    "delete from telemetry where device_id = any (?) and ts >= ? and ts < ?",
                    devices,
                    since,
                    until);
            if (rows != null) {
              same(rows, deleted, day);
            }
            log(sql, day, own.tenant, rows);
            fence.run(c);
          });
      meters.counter("hub.store.deleted.tenant.days").increment();
      LOG.info("Deleted telemetry of {}, tenant {}", day, own.tenant);
    }
    devices.free();
  }

  private @Nullable Long archived(Sql sql, LocalDate day, @Nullable String tenant)
      throws SQLException {
    if (archive == null) {
      return null;
    }
    try {
      long rows = archive.archive(sql, day, tenant);
      meters.counter("hub.store.archived.rows").increment(rows);
      return rows;
    } catch (IOException e) {
      throw new SQLException(
          "telemetry of " + day + " is kept on, the archive did not take it: " + e.getMessage(), e);
    }
  }

  private static void same(long archived, long rows, LocalDate day) throws SQLException {
    if (rows != archived) {
      throw new SQLException(
          "telemetry of "
              + day
              + " is kept on: "
              + rows
              + " rows, of which "
              + archived
              + " archived");
    }
  }

  private void log(Sql sql, LocalDate day, @Nullable String tenant, @Nullable Long rows)
      throws SQLException {
    sql.run(
        "insert into telemetry_dropped (day, of_tenant, row_count, archive) values (?, ?, ?, ?)",
        day,
        tenant,
        rows,
        archive == null ? null : archive.toString());
  }

  /** Whole parts of the two fine tiers; hours and days are kept for ever. */
  private static void dropRollups(Sql sql, LocalDate first) throws SQLException {
    for (String tier : List.of("1m", "15m")) {
      if (sql.onHypertable()) {
        sql.run(
            "select drop_chunks('telemetry_rollup_" + tier + "', older_than => ?::timestamptz)",
            Limits.midnight(first));
        continue;
      }
      List<String> old =
          sql.list(
              """
              select c.oid::regclass::text from pg_inherits i join pg_class c on c.oid = i.inhrelid
               where i.inhparent = ?::regclass and right(c.relname, 6) < to_char(?::date, 'YYYYMM')\
              """,
              row -> row.getString(1),
              "telemetry_rollup_" + tier,
              first);
      for (String part : old) {
        sql.run("drop table " + part);
      }
    }
  }
}
