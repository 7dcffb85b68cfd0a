package io.caravanhub.core.fieldbus;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One value of a device and what it means.
 *
 * @param metric canonical metric key
 * @param unit UCUM code, or null
 * @param scale what the raw number is multiplied by
 * @param offset what is then added
 * @param states names of raw values, when the point is a state; else empty
 * @param place where it is in the device
 * @param sampling how often it is read, what of it is told, and whether it may be written
 */
record DevicePoint(
    String metric,
    @Nullable String unit,
    double scale,
    double offset,
    Map<String, String> states,
    PointPlace place,
    PointSampling sampling) {

  /** A point that is read with its connection and cannot be written. */
  DevicePoint(
      String metric,
      @Nullable String unit,
      double scale,
      double offset,
      Map<String, String> states,
      PointPlace place) {
    this(metric, unit, scale, offset, states, place, PointSampling.PLAIN);
  }

  /** A point that is read for the sake of others: it has no metric. */
  static DevicePoint exponentAt(Register register, ModbusMap map) {
    return new DevicePoint("", null, 1, 0, Map.of(), ModbusPlace.exponent(register, map));
  }

  /** Whether others need it and nobody else. */
  boolean isExponent() {
    return metric.isEmpty();
  }
}
