package io.caravanhub.core.suggest;

import io.caravanhub.core.function.NumberFunctions;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values of a field in the samples.
 *
 * @param all as they came
 * @param numbers their numbers, empty unless every one is a number or a text that is one
 * @param unit UCUM code of the unit that texts end with, or null
 * @param inText whether the numbers are in texts
 */
record Values(List<Object> all, List<Double> numbers, @Nullable String unit, boolean inText) {
  private static final Pattern NUMBER =
      Pattern.compile("[+-]?\\d+(?:[.,]\\d+)?(?:[eE][+-]?\\d+)?,?\\s*([^\\d\\s].{0,11})?");

  /** Numbers that devices send for "no reading". */
  private static final Set<Double> MARKERS =
      Set.of(
          32767d,
          -32768d,
          65535d,
          3276.7,
          -3276.8,
          6553.5,
          327.67,
          -327.68,
          999d,
          -999d,
          9999d,
          -9999d,
          999.9,
          -999.9,
          -127d,
          2147483647d,
          4294967295d);

  static Values of(List<Object> all) {
    List<Double> numbers = new ArrayList<>();
    String unit = null;
    boolean text = false;
    for (Object value : all) {
      if (value instanceof Number number) {
        numbers.add(number.doubleValue());
      } else if (value instanceof String string) {
        text = true;
        Matcher matcher = NUMBER.matcher(string.strip());
        String suffix = matcher.matches() ? matcher.group(1) : null;
        String code = suffix == null ? null : UnitNames.code(suffix);
        if (!matcher.matches()
            || suffix != null && code == null
            || !(NumberFunctions.num(string) instanceof Number number)) {
          return new Values(all, List.of(), null, false);
        }
        unit = code;
        numbers.add(number.doubleValue());
      } else {
        return new Values(all, List.of(), null, false);
      }
    }
    return new Values(all, numbers, unit, text);
  }

  /** Numbers among the samples that devices send for "no reading". */
  List<Object> markers() {
    return all.stream()
        .filter(v -> v instanceof Number n && MARKERS.contains(n.doubleValue()))
        .toList();
  }

  /** The numbers that are readings. */
  List<Double> readings() {
    return numbers.stream().filter(n -> !MARKERS.contains(n)).toList();
  }

  boolean isNumeric() {
    return !numbers.isEmpty();
  }

  boolean isWhole() {
    return numbers.stream().allMatch(n -> n == Math.rint(n));
  }

  boolean isBoolean() {
    return all.stream().allMatch(Boolean.class::isInstance);
  }

  /** Nothing but 0 and 1. */
  boolean isFlag() {
    return isNumeric() && !inText && numbers.stream().allMatch(n -> n == 0 || n == 1);
  }

  boolean isText() {
    return numbers.isEmpty() && all.stream().allMatch(String.class::isInstance);
  }

  String type() {
    return isBoolean() ? "boolean" : isNumeric() ? inText ? "number in a text" : "number" : "text";
  }

  /** The unit that is told: beside the value, with it, or in the field's name. */
  @Nullable String unit(Field field, FieldWords words) {
    return field.unitBeside() != null ? field.unitBeside() : unit != null ? unit : words.unit();
  }
}
