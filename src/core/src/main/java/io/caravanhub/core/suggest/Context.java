package io.caravanhub.core.suggest;

import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import io.caravanhub.core.unit.Converted;
import io.caravanhub.core.unit.Units;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a general name means in its surroundings: a device's voltage may be its battery's. */
final class Context {
  private static final double CELL_LOWEST = 1.5;
  private static final double CELL_HIGHEST = 4.3;
  private static final double LOWEST_AIR = 850;
  private static final double HIGHEST_AIR = 1090;

  private Context() {}

  static Match adjust(Match match, Values values, Set<String> siblings) {
    return switch (match.metric().key()) {
      case "voltage" -> voltage(match, values, siblings);
      case "battery_level" -> battery(match, values);
      case "pressure" -> pressure(match, values, siblings);
      case "signal_strength" -> signal(match, values);
      case "temperature" -> temperature(match, values, siblings);
      default -> match;
    };
  }

  private static Match voltage(Match match, Values values, Set<String> siblings) {
    boolean mains = siblings.contains("current") || siblings.contains("power");
    boolean cell = values.readings().stream().allMatch(v -> v >= CELL_LOWEST && v <= CELL_HIGHEST);
    if (mains || !cell && !siblings.contains("battery")) {
      return match;
    }
    return to(match, "battery_voltage", values, "beside a battery, or as low as a cell's");
  }

  // What is received is less than a milliwatt, and so below 0 dBm.
  private static Match signal(Match match, Values values) {
    return !match.told() && values.readings().stream().allMatch(v -> v > 0 && v <= 100)
        ? to(match, "signal_level", values, "above 0, so no dBm")
        : match;
  }

  private static Match temperature(Match match, Values values, Set<String> siblings) {
    boolean meter =
        siblings.contains("power")
            && (siblings.contains("voltage") || siblings.contains("current"));
    return meter || siblings.contains("overtemperature")
        ? to(match, "device_temp", values, "beside electrical values: of the device itself")
        : match;
  }

  private static Match battery(Match match, Values values) {
    boolean volts =
        values.readings().stream().allMatch(v -> v >= CELL_LOWEST && v <= CELL_HIGHEST)
            && !values.isWhole();
    return volts && !match.told()
        ? to(match, "battery_voltage", values, "a fraction as low as a cell's voltage")
        : match;
  }

  private static Match pressure(Match match, Values values, Set<String> siblings) {
    String unit = match.told() ? match.unit() : guessed(values);
    if (unit == null
        || siblings.contains("flow")
        || !values.readings().stream().allMatch(v -> isAir(v, unit))) {
      return match;
    }
    return to(match, "barometric_pressure", values, "as high as that of the air");
  }

  private static @Nullable String guessed(Values values) {
    return values.readings().stream().allMatch(v -> isAir(v, "hPa"))
        ? "hPa"
        : values.readings().stream().allMatch(v -> isAir(v, "Pa")) ? "Pa" : null;
  }

  private static boolean isAir(double value, String unit) {
    return Units.convert(value, unit, "hPa") instanceof Converted.Value hectopascal
        && hectopascal.value() > LOWEST_AIR
        && hectopascal.value() < HIGHEST_AIR;
  }

  private static Match to(Match match, String key, Values values, String because) {
    CanonicalMetric metric = CanonicalMetrics.find(key).orElseThrow();
    UnitGuess guess =
        UnitGuess.of(metric, values.readings(), match.told() ? match.unit() : null, false);
    return guess == null
        ? match
        : new Match(
            metric,
            guess.unit(),
            guess.told(),
            match.score(),
            match.confidence() - 0.05,
            match.why().replaceFirst("; no unit told.*", "")
                + "; "
                + because
                + (guess.told() ? "" : ", taken for " + guess.unit()));
  }
}
