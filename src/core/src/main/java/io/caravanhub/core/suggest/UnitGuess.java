package io.caravanhub.core.suggest;

import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.unit.Conversion;
import io.caravanhub.core.unit.Dimension;
import io.caravanhub.core.unit.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * In which unit a field's numbers come, if they can be the metric at all: the unit that is told
 * must be one of the metric's kind, and the numbers must lie within its plausible range.
 *
 * @param unit UCUM code, or null for a metric without one
 * @param told whether the payload says so; otherwise it is the usual one whose numbers are
 *     plausible
 */
record UnitGuess(@Nullable String unit, boolean told) {
  /** Units that payloads use without a word, the most usual first. */
  private static final Map<Dimension, List<String>> USUAL =
      Map.of(
          Dimension.POWER, List.of("W", "kW"),
          Dimension.APPARENT_POWER, List.of("V.A", "kV.A"),
          Dimension.REACTIVE_POWER, List.of("var", "kvar"),
          Dimension.VOLTAGE, List.of("V", "mV"),
          Dimension.CURRENT, List.of("A", "mA"),
          Dimension.RATIO, List.of("%", "1"));

  private static final double WATT_HOURS = 20_000;
  private static final double PASCALS = 5_000;
  private static final double BARS = 40;
  private static final double MILLIMETRES = 100;

  /** Null when the numbers cannot be this metric. */
  static @Nullable UnitGuess of(
      CanonicalMetric metric, List<Double> values, @Nullable String told, boolean difference) {
    String own = metric.unit();
    if (own == null) {
      return told == null ? new UnitGuess(null, false) : null;
    }
    if (told != null) {
      if (!Units.sameDimension(told, own)) {
        return null;
      }
      return fits(metric, values, told, difference || own.equals("K"))
          ? new UnitGuess(told, true)
          : null;
    }
    if (values.isEmpty()) {
      return null;
    }
    for (String unit : candidates(metric, own, values)) {
      if (fits(metric, values, unit, own.equals("K"))) {
        return new UnitGuess(unit, false);
      }
    }
    return null;
  }

  private static List<String> candidates(CanonicalMetric metric, String own, List<Double> values) {
    double size = values.stream().mapToDouble(Math::abs).max().orElse(0);
    Dimension dimension = Objects.requireNonNull(Units.dimension(own));
    boolean whole = values.stream().allMatch(v -> v == Math.rint(v));
    if (own.equals("K")) {
      return List.of("K");
    }
    List<String> units = new ArrayList<>();
    switch (dimension) {
      case ENERGY -> units.addAll(size > WATT_HOURS ? List.of("W.h", "kW.h") : List.of("kW.h"));
      case PRESSURE -> {
        if (metric.key().equals("barometric_pressure")) {
          units.addAll(List.of("hPa", "Pa", "kPa", "[in_i'Hg]"));
        } else {
          units.add(size > PASCALS ? "Pa" : size < BARS && !whole ? "bar" : own);
        }
      }
      case LENGTH -> units.addAll(whole && size >= MILLIMETRES ? List.of("mm", own) : List.of(own));
      case RATIO -> units.addAll(own.equals("1") ? List.of("1", "%") : List.of(own));
      case VOLTAGE, CURRENT -> {
        units.addAll(own.startsWith("m") ? List.of(own) : USUAL.getOrDefault(dimension, List.of()));
      }
      case TEMPERATURE -> {
        units.add("Cel");
        if (values.stream().allMatch(v -> v > 0)) {
          units.add("[degF]");
        }
      }
      default -> units.addAll(USUAL.getOrDefault(dimension, List.of(own)));
    }
    return units;
  }

  /** Most of the numbers: one of a few samples may be a marker for "no reading". */
  private static boolean fits(
      CanonicalMetric metric, List<Double> values, String unit, boolean difference) {
    if (!(Units.conversion(unit, Objects.requireNonNull(metric.unit()))
        instanceof Conversion.Affine affine)) {
      return false;
    }
    // A small voltage of a battery in volts is in the range of millivolts, too: not below a tenth.
    long plausible =
        values.stream()
            .mapToDouble(value -> difference ? affine.applyDifference(value) : affine.apply(value))
            .filter(value -> isPlausible(metric, value))
            .count();
    return plausible * 10 >= values.size() * 7L;
  }

  private static boolean isPlausible(CanonicalMetric metric, double value) {
    Double most = metric.key().equals("battery_voltage") ? Double.valueOf(60) : metric.max();
    return (metric.min() == null || value >= metric.min()) && (most == null || value <= most);
  }
}
