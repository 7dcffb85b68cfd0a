package io.caravanhub.core.fieldbus;

import org.jspecify.annotations.Nullable;

/** Whether a metric may be written: off unless connection and point both say so. */
final class WriteRules {
  private WriteRules() {}

  /**
   * The point of the metric.
   *
   * @throws IllegalArgumentException saying why it may not be written
   */
  static DevicePoint writable(
      FieldbusConnection connection, DeviceMap map, String metric, @Nullable Object value) {
    if (!Boolean.parseBoolean(connection.options().get(FieldbusOptions.WRITES))) {
      throw new IllegalArgumentException(
          "writes are off for this connection; its options say writes: true to allow them");
    }
    DevicePoint point =
        map.points().stream()
            .filter(known -> known.metric().equals(metric))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(metric + ": the device's map has no such metric"));
    PointSampling rules = point.sampling();
    if (!rules.writable()) {
      throw new IllegalArgumentException(
          metric + ": is not writable; its point in the map says writable: true to allow it");
    }
    if (value == null) {
      throw new IllegalArgumentException(metric + ": expected a value, got nothing");
    }
    if (value instanceof Number number) {
      double wanted = number.doubleValue();
      boolean low = rules.min() != null && wanted < rules.min();
      boolean high = rules.max() != null && wanted > rules.max();
      if (low || high || !Double.isFinite(wanted)) {
        throw new IllegalArgumentException(
            metric + ": expected " + rules.min() + " to " + rules.max() + ", got " + value);
      }
    }
    return point;
  }
}
