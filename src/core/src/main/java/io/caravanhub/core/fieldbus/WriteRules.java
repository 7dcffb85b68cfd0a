package io.caravanhub.core.fieldbus;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Whether a metric may be written: off unless connection and point both say so. */
final class WriteRules {
  // A number with a larger exponent would be written out digit by digit when it is scaled.
  private static final int MOST_DIGITS = 400;

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
    if (!isAllowed(point, value)) {
      throw new IllegalArgumentException(
          metric + ": expected " + expected(rules) + ", got " + value);
    }
    return point;
  }

  // A text may be a number too: what is compared is what would be written.
  private static boolean isAllowed(DevicePoint point, Object value) {
    PointSampling rules = point.sampling();
    boolean bounded = rules.min() != null || rules.max() != null;
    if (value instanceof Boolean on) {
      return point.states().isEmpty()
          ? !bounded && point.place().isSwitch()
          : point.states().containsKey(on ? "1" : "0");
    }
    if (!point.states().isEmpty()) {
      return true;
    }
    BigDecimal number;
    try {
      number = new BigDecimal(value.toString());
    } catch (NumberFormatException text) {
      return !bounded && value instanceof String;
    }
    return Math.abs((long) number.scale()) <= MOST_DIGITS
        && number.precision() <= MOST_DIGITS
        && (rules.min() == null || number.compareTo(BigDecimal.valueOf(rules.min())) >= 0)
        && (rules.max() == null || number.compareTo(BigDecimal.valueOf(rules.max())) <= 0);
  }

  private static String expected(PointSampling rules) {
    if (rules.min() == null) {
      return rules.max() == null ? "another value" : "a number up to " + rules.max();
    }
    return rules.max() == null
        ? "a number from " + rules.min()
        : rules.min() + " to " + rules.max();
  }
}
