package io.caravanhub.core.fieldbus;

import io.caravanhub.core.telemetry.Quality;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/**
 * What became of one point in one poll.
 *
 * @param point the point
 * @param value a Double or a String, or null when there is none
 * @param quality how far it can be trusted
 * @param reason why it is not good, else null
 */
record Reading(
    DevicePoint point, @Nullable Object value, Quality quality, @Nullable String reason) {

  /** The point's value as the device gave it, brought to its scale or state name. */
  static Reading of(DevicePoint point, Object raw) {
    return of(point, raw, Quality.GOOD, null);
  }

  static Reading of(DevicePoint point, Object raw, Quality quality, @Nullable String reason) {
    if (raw instanceof Boolean bool) {
      return of(point, bool ? 1 : 0, quality, reason);
    }
    if (!point.states().isEmpty()) {
      String state = point.states().get(key(raw));
      return state == null
          ? bad(point, "no state is listed for the value " + raw)
          : new Reading(point, state, quality, reason);
    }
    if (raw instanceof Number number) {
      double value = scaled(number.doubleValue(), point);
      return Double.isFinite(value)
          ? new Reading(point, value, quality, reason)
          : bad(point, "the device gave no number (" + value + ")");
    }
    if (raw instanceof String) {
      return new Reading(point, raw, quality, reason);
    }
    return bad(point, "expected a number or text, got " + raw.getClass().getSimpleName());
  }

  // In decimal, that 2306 tenths are 230.6 and not 230.60000000000002.
  private static double scaled(double raw, DevicePoint point) {
    boolean asIs = point.scale() == 1 && point.offset() == 0;
    return asIs || !Double.isFinite(raw)
        ? raw
        : BigDecimal.valueOf(raw)
            .multiply(BigDecimal.valueOf(point.scale()))
            .add(BigDecimal.valueOf(point.offset()))
            .doubleValue();
  }

  static Reading bad(DevicePoint point, String reason) {
    return new Reading(point, null, Quality.BAD, reason);
  }

  private static String key(Object raw) {
    return raw instanceof Number number && number.doubleValue() == Math.rint(number.doubleValue())
        ? String.valueOf(number.longValue())
        : raw.toString();
  }
}
