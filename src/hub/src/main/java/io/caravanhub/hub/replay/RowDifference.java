package io.caravanhub.hub.replay;

import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.QualityReason;
import io.caravanhub.hub.replay.RawRows.Difference;
import io.caravanhub.hub.replay.RawRows.Fresh;
import io.caravanhub.hub.replay.RawRows.Key;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Rows as they are to be beside rows as they are stored, of the tenant in force. */
final class RowDifference {
  private static final int SAMPLES = 20;
  private static final String STORED =
      """
      cross join lateral telemetry_span(r.device, r.metric, timestamptz 'epoch' + r.at * interval '1 microsecond',
        timestamptz 'epoch' + (r.at + 1) * interval '1 microsecond', true, 1) t\
      """;

  private final JdbcClient jdbc;

  RowDifference(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Difference of(Map<Key, Fresh> fresh, Map<Key, String> old) {
    List<RowChange> samples = new ArrayList<>();
    long changed = changed(fresh, samples);
    long removed = removed(old, samples);
    return new Difference(changed, removed, samples);
  }

  private long changed(Map<Key, Fresh> fresh, List<RowChange> samples) {
    List<Key> keys = List.copyOf(fresh.keySet());
    RowChange.@Nullable Value[] stored = new RowChange.Value[keys.size()];
    jdbc.sql(
            "select r.n, t.* from unnest(?::int[], ?::int[], ?::bigint[]) with ordinality r(device, metric, at, n) "
                + STORED)
        .params(columns(keys))
        .query(
            row -> {
              stored[row.getInt("n") - 1] = value(row);
            });
    long changed = 0;
    for (int i = 0; i < stored.length; i++) {
      Fresh row = fresh.get(keys.get(i));
      if (row == null) {
        continue;
      }
      RowChange.Value after = value(row.measurement());
      if (!after.equals(stored[i])) {
        changed++;
        if (samples.size() < SAMPLES) {
          samples.add(
              new RowChange(
                  row.device(),
                  row.measurement().metric(),
                  row.measurement().ts().toString(),
                  stored[i],
                  after));
        }
      }
    }
    return changed;
  }

  private long removed(Map<Key, String> old, List<RowChange> samples) {
    List<Key> keys = List.copyOf(old.keySet());
    List<RowChange> gone =
        jdbc.sql(
                "select r.n, m.key, t.* from unnest(?::int[], ?::int[], ?::bigint[]) with ordinality r(device, metric, at, n) join metrics m on m.id = r.metric "
                    + STORED)
            .params(columns(keys))
            .query(
                (row, n) -> {
                  Key key = keys.get(row.getInt("n") - 1);
                  return new RowChange(
                      old.getOrDefault(key, ""),
                      row.getString("key"),
                      Instant.EPOCH.plus(key.micros(), ChronoUnit.MICROS).toString(),
                      value(row),
                      null);
                })
            .list();
    gone.stream().limit(Math.max(0, SAMPLES - samples.size())).forEach(samples::add);
    return gone.size();
  }

  private static Object[] columns(List<Key> keys) {
    return new Object[] {
      keys.stream().mapToInt(Key::device).toArray(),
      keys.stream().mapToInt(Key::metric).toArray(),
      keys.stream().mapToLong(Key::micros).toArray()
    };
  }

  private static RowChange.Value value(ResultSet row) throws SQLException {
    return RowChange.Value.of(
        row.getObject("value", Double.class), row.getString("text_value"), row.getInt("quality"));
  }

  private static RowChange.Value value(Measurement m) {
    return RowChange.Value.of(
        Double.isNaN(m.value()) ? null : (Double) m.value(),
        m.text(),
        QualityReason.code(m.quality(), m.reason()));
  }
}
