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
 * @param register where it is on Modbus; null for OPC UA
 * @param node where it is in OPC UA; null for Modbus
 * @param exponent the register with the power of ten that the number is to be multiplied by, as
 *     SunSpec's scale factors are (SunSpec Device Information Model Specification, sunssf); else
 *     null
 * @param noValue the raw number that says that there is no value, in decimal; else null
 */
record DevicePoint(
    String metric,
    @Nullable String unit,
    double scale,
    double offset,
    Map<String, String> states,
    @Nullable Register register,
    @Nullable String node,
    @Nullable Register exponent,
    @Nullable String noValue) {

  /** A point that is read for the sake of others: it has no metric. */
  static DevicePoint exponentAt(Register register) {
    return new DevicePoint("", null, 1, 0, Map.of(), register, null, null, "-32768");
  }

  /** Whether others need it and nobody else. */
  boolean isExponent() {
    return metric.isEmpty();
  }

  /** The point's place on Modbus. */
  Register requireRegister() {
    if (register == null) {
      throw new IllegalStateException(metric + " has no register");
    }
    return register;
  }

  /** The point's node id in OPC UA. */
  String requireNode() {
    if (node == null) {
      throw new IllegalStateException(metric + " has no node");
    }
    return node;
  }
}
