package io.caravanhub.core.suggest;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What one value of a device may be, by its name, its unit and the value itself: a proposal for an
 * engineer, who decides.
 *
 * @param metric key of the catalogue, or the name made a key where no metric is like it
 * @param unit UCUM code that the device or its description tells, or null
 * @param known whether the catalogue has the metric
 */
public record TagProposal(String metric, @Nullable String unit, boolean known) {
  private static final double LEAST_SURE = 0.6;

  /** How descriptions tell a unit: {@code Flow [m3/h]}, {@code in kW}. */
  private static final Pattern UNIT =
      Pattern.compile("(?:\\bin\\s+|\\[|\\()([^\\s\\])]{1,20})[\\])]?\\s*$");

  /**
   * Proposes a metric. A unit that nobody tells is not guessed.
   *
   * @param description what the device says of it, or null
   * @param value its value as text, or null
   * @param unit UCUM code that the device tells, or null
   */
  public static TagProposal of(
      String name, @Nullable String description, @Nullable String value, @Nullable String unit) {
    List<String> names = new ArrayList<>();
    if (description != null && !description.isBlank()) {
      names.add(description);
    }
    names.add(name);
    String told = unit != null || description == null ? unit : unit(description);
    List<Object> values = value == null ? List.of() : List.of(scalar(value));
    Field field = new Field(name, names, values, told, 0, 0, null);
    FieldWords words = FieldWords.of(names);
    Optional<Match> match =
        values.isEmpty()
            ? Optional.empty()
            : Matcher.best(field, words, Values.of(values), Set.of(), Map.of());
    return match
        .filter(found -> found.confidence() >= LEAST_SURE)
        .map(found -> new TagProposal(found.metric().key(), told, true))
        .orElseGet(() -> new TagProposal(key(name), told, false));
  }

  private static @Nullable String unit(String description) {
    java.util.regex.Matcher found = UNIT.matcher(description);
    return found.find() ? UnitNames.code(found.group(1)) : null;
  }

  /** A name as a key: {@code MotorCurrent 2} is {@code motor_current_2}. */
  public static String key(String name) {
    String key =
        name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
            .replaceAll("[^A-Za-z0-9]+", "_")
            .replaceAll("^_+|_+$", "")
            .toLowerCase(Locale.ROOT);
    return key.isEmpty() || Character.isDigit(key.charAt(0)) ? "tag_" + key : key;
  }

  private static Object scalar(String value) {
    if (value.equals("true") || value.equals("false")) {
      return Boolean.valueOf(value);
    }
    try {
      return Double.valueOf(value);
    } catch (NumberFormatException e) {
      return value;
    }
  }
}
