package io.caravanhub.core.unit;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The units the hub knows, by their UCUM codes and a few names vendors use for them. Anything else
 * is refused rather than guessed at.
 *
 * <p>The factors are our own table ({@link UnitTable}) and not systems-ucum's: measured, that takes
 * 190 ms to load and 0.2-6 ms for a unit, knows neither {@code rpm} nor {@code var}, and converts
 * {@code [HP]} and {@code dB} wrongly. A test compares the table with it where it is right.
 *
 * <p>A level and a difference of temperatures convert differently: 10 Cel are 283.15 K, but a
 * superheat of 10 Cel is 10 K. The unit does not tell them apart, so the caller chooses between
 * {@link #convert} and {@link #convertDifference}. Immutable; safe for any number of threads.
 */
public final class Units {
  private static final Map<String, UnitTable.Entry> KNOWN = UnitTable.entries();
  private static final Map<String, Map<String, Conversion.Affine>> PAIRS = pairs();

  private Units() {}

  /** Whether this code or name is known. */
  public static boolean isKnown(String unit) {
    return KNOWN.containsKey(unit);
  }

  /** The UCUM code of a code or name: {@code /min} of {@code rpm}; null when it is not known. */
  public static @Nullable String canonical(String unit) {
    UnitTable.Entry entry = KNOWN.get(unit);
    return entry == null ? null : entry.code();
  }

  /** What a unit measures; null when it is not known. */
  public static @Nullable Dimension dimension(String unit) {
    UnitTable.Entry entry = KNOWN.get(unit);
    return entry == null ? null : entry.dimension();
  }

  /** Whether both are known and measure the same. */
  public static boolean sameDimension(String a, String b) {
    Dimension dimension = dimension(a);
    return dimension != null && dimension == dimension(b);
  }

  /** The conversion between two units, to be kept by whoever converts often. */
  public static Conversion conversion(String from, String to) {
    Map<String, Conversion.Affine> targets = PAIRS.get(from);
    if (targets == null) {
      return new Conversion.Refused("unknown unit \"" + from + "\"");
    }
    Conversion.Affine affine = targets.get(to);
    if (affine != null) {
      return affine;
    }
    return isKnown(to)
        ? new Conversion.Refused(
            "\"" + from + "\" cannot become \"" + to + "\": " + measures(from, to))
        : new Conversion.Refused("unknown unit \"" + to + "\"");
  }

  /** Converts a value; never a number for a unit that is unknown or measures something else. */
  public static Converted convert(double value, String from, String to) {
    Conversion conversion = conversion(from, to);
    return conversion instanceof Conversion.Affine affine
        ? new Converted.Value(affine.apply(value))
        : new Converted.Refused(((Conversion.Refused) conversion).reason());
  }

  /** Converts a difference (a superheat, a temperature rise): the offset of the scale drops out. */
  public static Converted convertDifference(double difference, String from, String to) {
    Conversion conversion = conversion(from, to);
    return conversion instanceof Conversion.Affine affine
        ? new Converted.Value(affine.applyDifference(difference))
        : new Converted.Refused(((Conversion.Refused) conversion).reason());
  }

  /** Every code and name, sorted. */
  public static Set<String> known() {
    return new TreeMap<>(KNOWN).navigableKeySet();
  }

  private static String measures(String from, String to) {
    return dimension(from) + " is not " + dimension(to);
  }

  private static Map<String, Map<String, Conversion.Affine>> pairs() {
    Map<String, Map<String, Conversion.Affine>> pairs = new HashMap<>();
    KNOWN.forEach(
        (from, source) -> {
          Map<String, Conversion.Affine> targets = new HashMap<>();
          KNOWN.forEach(
              (to, target) -> {
                if (source.dimension() == target.dimension()) {
                  targets.put(to, between(source, target));
                }
              });
          pairs.put(from, targets);
        });
    return pairs;
  }

  private static Conversion.Affine between(UnitTable.Entry source, UnitTable.Entry target) {
    double factor = source.factor() / target.factor();
    if (source.code().equals(target.code()) || source.offset() == target.offset()) {
      return new Conversion.Affine(0, source.code().equals(target.code()) ? 1 : factor, 0);
    }
    double zero = source.offset() - target.offset();
    double before = zero / source.factor();
    double after = zero / target.factor();
    // The zeros of scales are decimal in one unit of the two: 32 [degF], 273.15 K, 459.67 [degR].
    return error(before) <= error(after)
        ? new Conversion.Affine(decimal(before), factor, 0)
        : new Conversion.Affine(0, factor, decimal(after));
  }

  private static double error(double value) {
    return Math.abs(value - decimal(value));
  }

  private static double decimal(double value) {
    return Math.rint(value * 1e6) / 1e6;
  }
}
