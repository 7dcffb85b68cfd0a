package io.caravanhub.core.fieldbus;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A point that its device map lets be written. Whether the connection lets it is not known here.
 *
 * @param metric canonical metric key
 * @param unit UCUM code of the value that is written, or null
 * @param min least number that may be written, or null
 * @param max greatest number that may be written, or null
 * @param kind what is written
 * @param states what may be written, in the order of their raw values; empty unless it is a state
 */
public record WritablePoint(
    String metric,
    @Nullable String unit,
    @Nullable Double min,
    @Nullable Double max,
    Kind kind,
    List<String> states) {

  /** What kind of value a point takes. */
  public enum Kind {
    /** A number. */
    NUMBER,
    /** True or false. */
    SWITCH,
    /** The name of one of its states. */
    STATE,
    /** What its device says it is when it is written: the map does not tell. */
    ANY
  }

  /**
   * The writable points of a map, in its order.
   *
   * @param map the map's text
   * @throws IllegalArgumentException naming the field that is wrong
   */
  public static List<WritablePoint> of(String map) {
    return DeviceMapReader.read(map).points().stream()
        .filter(point -> point.sampling().writable())
        .map(WritablePoint::of)
        .toList();
  }

  private static WritablePoint of(DevicePoint point) {
    PointSampling rules = point.sampling();
    return new WritablePoint(
        point.metric(),
        point.unit(),
        rules.min(),
        rules.max(),
        kind(point),
        point.states().entrySet().stream()
            .sorted(Map.Entry.comparingByKey(Comparator.comparingDouble(WritablePoint::number)))
            .map(Map.Entry::getValue)
            .toList());
  }

  // As WriteRules judges: true and false are not within bounds, a text is only where it may be.
  private static Kind kind(DevicePoint point) {
    PointPlace place = point.place();
    if (!point.states().isEmpty()) {
      return Kind.STATE;
    }
    if (point.sampling().min() != null || point.sampling().max() != null) {
      return Kind.NUMBER;
    }
    if (place.isSwitch() && !(place instanceof OpcUaPlace)) {
      return Kind.SWITCH;
    }
    return place instanceof ModbusPlace || point.unit() != null ? Kind.NUMBER : Kind.ANY;
  }

  private static double number(String raw) {
    try {
      return Double.parseDouble(raw);
    } catch (NumberFormatException e) {
      return Double.MAX_VALUE;
    }
  }
}
