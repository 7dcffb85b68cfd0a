package io.caravanhub.hub.store;

import io.micrometer.core.instrument.MeterRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Days made ahead of their first row, and on TimescaleDB old ones compressed and all of them closed
 * to everybody but the owner: a chunk that an insert made on its way has the hypertable's grants.
 */
final class Chunks {
  private static final int DAYS_AHEAD = 2;

  private final Limits limits;
  private final MeterRegistry meters;

  Chunks(Limits limits, MeterRegistry meters) {
    this.limits = limits;
    this.meters = meters;
  }

  void look(Connection connection, Instant now) throws SQLException {
    Sql sql = new Sql(connection);
    LocalDate today = now.atZone(ZoneOffset.UTC).toLocalDate();
    for (int ahead = 0; ahead <= DAYS_AHEAD; ahead++) {
      sql.run("select ensure_telemetry_day(?)", today.plusDays(ahead));
    }
    if (!sql.onHypertable()) {
      return;
    }
    close(sql);
    List<String> full =
        sql.list(
            """
            select d.name from telemetry_days() d
              join _timescaledb_catalog.chunk c on format('%I.%I', c.schema_name, c.table_name) = d.name
             where d.day < ? and (c.compressed_chunk_id is null or c.status & 8 = 8) order by d.day\
            """,
            row -> row.getString(1), Limits.firstDay(now, limits.uncompressed()));
    for (String chunk : full) {
      sql.run("select compress_chunk(?::regclass, if_not_compressed => true)", chunk);
      meters.counter("hub.store.compressed.days").increment();
    }
    close(sql);
  }

  private static void close(Sql sql) throws SQLException {
    for (String chunk :
        sql.list(
            """
            select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = '_timescaledb_internal' and c.relkind = 'r' and c.relacl::text like '%hub_writer%'\
            """,
            row -> row.getString(1))) {
      sql.run("revoke all on " + chunk + " from hub_writer");
    }
  }
}
