package io.caravanhub.hub.upload;

import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.limit.ReadingLimits;
import java.util.ArrayList;
import java.util.List;

/** Rows that are committed together, never more readings than a request. Of one thread. */
final class Chunk {
  private static final int ROWS = 1_000;
  private static final int READINGS = 4_000;

  private final List<Telemetry> rows = new ArrayList<>();
  private int readings;
  private long line;

  /** Whether the row goes in; when not, the chunk is to be stored first. */
  boolean hasRoomFor(Telemetry row) {
    return readings + row.measurements().size() <= ReadingLimits.REQUEST_MAX;
  }

  boolean isFull() {
    return rows.size() >= ROWS || readings >= READINGS;
  }

  void add(long line, Telemetry row) {
    if (rows.isEmpty()) {
      this.line = line;
    }
    rows.add(row);
    readings += row.measurements().size();
  }

  List<Telemetry> rows() {
    return rows;
  }

  /** The line of its first row, else the one given. */
  long line(long otherwise) {
    return rows.isEmpty() ? otherwise : line;
  }

  void clear() {
    rows.clear();
    readings = 0;
  }
}
