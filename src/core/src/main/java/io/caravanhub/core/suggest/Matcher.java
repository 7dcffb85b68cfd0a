package io.caravanhub.core.suggest;

import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import io.caravanhub.core.unit.Dimension;
import io.caravanhub.core.unit.Units;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Finds the metric of a field by its names, its unit and its values. Stateless. */
final class Matcher {
  private static final double UNMATCHED = 0.45;
  private static final double UNKNOWN = 0.1;
  private static final Map<Dimension, String> BY_UNIT =
      Map.of(
          Dimension.TEMPERATURE, "temp",
          Dimension.PRESSURE, "pressure",
          Dimension.VOLTAGE, "voltage",
          Dimension.CURRENT, "current",
          Dimension.POWER, "power",
          Dimension.ENERGY, "energy",
          Dimension.ILLUMINANCE, "illuminance",
          Dimension.VOLUME_FLOW, "flow",
          Dimension.SOUND_LEVEL, "noise",
          Dimension.SIGNAL_POWER, "rssi");

  private Matcher() {}

  /**
   * The best match, if there is any.
   *
   * @param siblings words of the names beside the field
   */
  static Optional<Match> best(
      Field field,
      FieldWords words,
      Values values,
      Set<String> siblings,
      Map<String, String> hints) {
    boolean radio = words.has("rssi") || words.has("snr");
    if (words.marks().contains(Words.ENVELOPE) && !radio
        || words.marks().contains(Words.ABOUT)
        || words.marks().contains(Words.NAME)) {
      return Optional.empty();
    }
    List<Match> all = new ArrayList<>();
    for (Phrases.Phrase phrase : Phrases.all()) {
      double score = score(phrase, words, values.unit(field, words));
      if (score > 0) {
        Match match = match(phrase, score, field, words, values, hints);
        if (match != null) {
          all.add(match);
        }
      }
    }
    return all.stream()
        .max(Comparator.comparingDouble(Match::score))
        .map(match -> Context.adjust(match, values, siblings));
  }

  /** Above 0 when every word of the phrase is among the field's and one of them nearby. */
  private static double score(Phrases.Phrase phrase, FieldWords words, @Nullable String unit) {
    String byUnit = unit == null ? null : BY_UNIT.get(Units.dimension(unit));
    double score = 0;
    boolean near = false;
    for (String word : phrase.words()) {
      Double weight = words.weights().get(word);
      if (weight == null && word.equals(byUnit)) {
        weight = 0.9;
      }
      if (weight == null) {
        return 0;
      }
      near |= weight >= 0.9;
      score += weight;
    }
    Set<String> left = new HashSet<>(words.own());
    left.removeAll(phrase.words());
    score -= left.size() * UNMATCHED + words.unknown() * UNKNOWN;
    return near || words.own().isEmpty() ? score : score - 0.3;
  }

  private static @Nullable Match match(
      Phrases.Phrase phrase,
      double score,
      Field field,
      FieldWords words,
      Values values,
      Map<String, String> hints) {
    CanonicalMetric metric = phrase.metric();
    UnitGuess guess = guess(metric, field, words, values, hints);
    if (guess == null) {
      return null;
    }
    Set<String> left = new HashSet<>(words.own());
    left.removeAll(phrase.words());
    double covered =
        (double) (words.own().size() - left.size())
            / Math.max(1, words.own().size() + 0.5 * words.unknown());
    double confidence = 0.5 + 0.3 * Math.min(1, covered) + (guess.told() ? 0.17 : 0.07);
    if (words.own().isEmpty()) {
      confidence -= guess.told() ? 0.05 : 0.2;
    }
    boolean ranged = metric.min() != null || metric.max() != null;
    String why =
        "\""
            + String.join(" ", new TreeSet<>(phrase.words()))
            + "\" in the name"
            + (guess.unit() == null
                ? ""
                : guess.told()
                    ? "; unit " + guess.unit() + " is told"
                    : "; no unit told, " + guess.unit() + " is usual")
            + (values.isNumeric() && ranged ? ", in range" : "");
    return new Match(metric, guess.unit(), guess.told(), score, confidence, why);
  }

  private static @Nullable UnitGuess guess(
      CanonicalMetric metric,
      Field field,
      FieldWords words,
      Values values,
      Map<String, String> hints) {
    String unit = values.unit(field, words);
    switch (metric.type()) {
      case TEXT -> {
        boolean state = values.isBoolean() && metric.key().endsWith("_status");
        return unit == null && (values.isText() || state) ? new UnitGuess(null, false) : null;
      }
      case BOOLEAN -> {
        boolean can = values.isBoolean() || values.isFlag() || States.of(values) != null;
        return unit == null && can ? new UnitGuess(null, false) : null;
      }
      case INTEGER -> {
        boolean can = values.isNumeric() && values.isWhole() && !isState(unit, words);
        return can && (unit == null || unit.equals("1"))
            ? UnitGuess.of(metric, values.readings(), unit, false)
            : null;
      }
      default -> {
        if (!values.isNumeric() || isState(unit, words)) {
          return null;
        }
        if (unit == null) {
          unit = hint(metric, hints);
        }
        return UnitGuess.of(metric, values.readings(), unit, words.difference());
      }
    }
  }

  private static boolean isState(@Nullable String unit, FieldWords words) {
    return unit == null && words.marks().contains(Words.STATE);
  }

  /** A unit that a field of its own tells for everything of its kind. */
  private static @Nullable String hint(CanonicalMetric metric, Map<String, String> hints) {
    return hints.values().stream()
        .filter(unit -> metric.unit() != null && Units.sameDimension(unit, metric.unit()))
        .findFirst()
        .orElse(null);
  }

  /** The phase of a metric, when the catalogue has it. */
  static CanonicalMetric phase(CanonicalMetric metric, int phase) {
    return CanonicalMetrics.find(metric.key() + "_l" + phase).orElse(metric);
  }
}
