package io.caravanhub.hub.timeseries;

import org.jspecify.annotations.Nullable;

/**
 * One row of the table telemetry.
 *
 * @param micros microseconds since 1970-01-01 UTC, PostgreSQL's own resolution
 * @param value NaN is stored as null
 * @param mapping id of the mapping version that made it, 0 when none did
 */
record Row(
    int device,
    int metric,
    long micros,
    double value,
    @Nullable String text,
    short quality,
    int mapping)
    implements Comparable<Row> {

  /** A row that no mapping made. */
  Row(int device, int metric, long micros, double value, @Nullable String text, short quality) {
    this(device, metric, micros, value, text, quality, 0);
  }

  /** What makes a row unique. */
  record Key(int device, int metric, long micros) {}

  Key key() {
    return new Key(device, metric, micros);
  }

  @Override
  public int compareTo(Row other) {
    int order = Integer.compare(device, other.device);
    if (order == 0) {
      order = Integer.compare(metric, other.metric);
    }
    return order == 0 ? Long.compare(micros, other.micros) : order;
  }

  boolean sameKey(Row other) {
    return device == other.device && metric == other.metric && micros == other.micros;
  }
}
