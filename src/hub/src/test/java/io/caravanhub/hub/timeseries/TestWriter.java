package io.caravanhub.hub.timeseries;

import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Writes telemetry as the hub does, for tests of other packages. */
public final class TestWriter {
  private final TelemetryTable table;
  private final List<Row> rows = new ArrayList<>();

  /** On connections of the role hub_writer. */
  public TestWriter(DataSource writers) {
    this.table = new TelemetryTable(writers);
  }

  /** A good number for the next batch. */
  public TestWriter row(int device, int metric, Instant ts, double value) {
    return row(device, metric, ts, value, null, 0);
  }

  /** Anything for the next batch. */
  public TestWriter row(
      int device, int metric, Instant ts, double value, @Nullable String text, int quality) {
    rows.add(new Row(device, metric, TelemetryTable.micros(ts), value, text, (short) quality));
    return this;
  }

  /** Stores the batch; how many of its rows were there already. */
  public int write() throws SQLException {
    Collections.sort(rows);
    int duplicates = table.write(List.copyOf(rows), 1).size();
    rows.clear();
    return duplicates;
  }
}
