package io.caravanhub.bench;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.util.UUID;

/**
 * What the store holds of an {@link Outage}, device by device.
 *
 * @param rows in the table telemetry
 * @param lost readings of which there is no row
 * @param twice rows of a reading that has another one
 * @param wrong rows with another value
 * @param disorder commits that hold rows of a device older than those of a commit before; commits
 *     are told by the number in {@code batch_id}, which rises
 * @param dead letters of its devices
 */
record DrainedRows(long rows, long lost, long twice, long wrong, long disorder, long dead) {
  private static final String ROWS =
      """
      select count(*), count(*) filter (where second = before),
             count(*) filter (where value is distinct from %s)
        from (select metric_id, ts, value, tag, ? as device, second,
                     lag(second) over (partition by metric_id order by ts) as before
                from (select t.metric_id, t.ts, t.value, right(m.key, 4)::int - 1000 as tag,
                             round(date_part('epoch', t.ts - ?))::bigint as second
                        from telemetry t join metrics m on m.id = t.metric_id
                       where t.device_id = ?) timed) followed
      """
          .formatted(Outage.VALUE);
  private static final String DISORDER =
      """
      select count(*) filter (where first <= before)
        from (select first, lag(last) over (order by commit) as before
                from (select batch_id >> 22 as commit, min(ts) as first, max(ts) as last
                        from telemetry where device_id = ? group by 1) commits) followed
      """;

  /** Compares the store with what was to be drained, as the schema's owner. */
  static DrainedRows of(Connection owner, Outage outage) throws SQLException {
    DrainedRows all = new DrainedRows(0, 0, 0, 0, 0, 0);
    for (int device = 0; device < outage.devices(); device++) {
      all = all.and(ofDevice(owner, outage, device));
    }
    return all;
  }

  private static DrainedRows ofDevice(Connection owner, Outage outage, int device)
      throws SQLException {
    int key =
        (int) number(owner, "select key from devices where serial = ?", outage.device(device));
    long dead =
        number(owner, "select count(*) from dead_letters where device = ?", outage.device(device));
    long disorder = number(owner, DISORDER, key);
    try (PreparedStatement sql = owner.prepareStatement(ROWS)) {
      sql.setInt(1, device);
      sql.setTimestamp(2, Timestamp.from(outage.began()));
      sql.setInt(3, key);
      try (ResultSet row = sql.executeQuery()) {
        row.next();
        long rows = row.getLong(1);
        long twice = row.getLong(2);
        long lost = outage.seconds() * outage.tags() - (rows - twice);
        return new DrainedRows(rows, lost, twice, row.getLong(3), disorder, dead);
      }
    }
  }

  /** How many of a gateway's records the hub has: those of its ranges, and all below its floor. */
  static long taken(Connection owner, UUID gateway) throws SQLException {
    return number(
        owner,
        """
        select coalesce(max(greatest(floor - 1, 0))
                 + sum((select coalesce(sum(upper(r) - lower(r)), 0) from unnest(received) r)), 0)
          from gateway_sequences where gateway_id = ?
        """,
        gateway);
  }

  private static long number(Connection owner, String query, Object parameter) throws SQLException {
    try (PreparedStatement sql = owner.prepareStatement(query)) {
      sql.setObject(1, parameter);
      try (ResultSet row = sql.executeQuery()) {
        return row.next() ? row.getLong(1) : 0;
      }
    }
  }

  private DrainedRows and(DrainedRows more) {
    return new DrainedRows(
        rows + more.rows,
        lost + more.lost,
        twice + more.twice,
        wrong + more.wrong,
        disorder + more.disorder,
        dead + more.dead);
  }

  boolean isWhole() {
    return lost == 0 && twice == 0 && wrong == 0 && disorder == 0 && dead == 0;
  }
}
