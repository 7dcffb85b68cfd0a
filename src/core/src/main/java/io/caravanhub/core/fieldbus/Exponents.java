package io.caravanhub.core.fieldbus;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Brings numbers to the power of ten that the device keeps in a register of its own. */
final class Exponents {
  private static final int LARGEST = 10;

  private Exponents() {}

  /** The readings that have a metric, each scaled. */
  static List<Reading> apply(List<Reading> readings) {
    Map<Register, Reading> exponents = new HashMap<>();
    for (Reading reading : readings) {
      if (reading.point().isExponent()) {
        exponents.put(ModbusPlace.of(reading.point()).register(), reading);
      }
    }
    if (exponents.isEmpty()) {
      return readings;
    }
    List<Reading> scaled = new ArrayList<>();
    for (Reading reading : readings) {
      if (!reading.point().isExponent()) {
        Register exponent = ModbusPlace.of(reading.point()).exponent();
        scaled.add(exponent == null ? reading : scale(reading, exponents.get(exponent)));
      }
    }
    return scaled;
  }

  // In decimal, that 2304 with the exponent -1 is 230.4 and not 230.40000000000003.
  private static Reading scale(Reading reading, @Nullable Reading exponent) {
    if (!(reading.value() instanceof Double value)) {
      return reading;
    }
    if (exponent == null
        || !(exponent.value() instanceof Double power)
        || Math.abs(power) > LARGEST) {
      return Reading.bad(reading.point(), "the device has no scale factor for this value");
    }
    double scaled = BigDecimal.valueOf(value).scaleByPowerOfTen(power.intValue()).doubleValue();
    return new Reading(reading.point(), scaled, reading.quality(), reading.reason());
  }
}
