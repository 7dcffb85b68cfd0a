package io.caravanhub.core.suggest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a field's names say: words with weights, the nearest name weighing most.
 *
 * @param weights words of all names
 * @param own words of the nearest name that says anything
 * @param unknown how many words of that name are not known
 * @param unit UCUM code that the names hold, or null
 * @param difference whether the unit is one of differences
 * @param marks which of {@link Words#NAME} and {@link Words#STATE} occur in its own name, of {@link
 *     Words#ABOUT} and {@link Words#ENVELOPE} in any
 * @param number a number in its own name, or else in the nearest that has one; -1 without
 * @param phase 1 to 3, 12, 23 or 31, or 0
 */
record FieldWords(
    Map<String, Double> weights,
    Set<String> own,
    int unknown,
    @Nullable String unit,
    boolean difference,
    Set<String> marks,
    int number,
    int phase) {
  private static final double[] WEIGHT = {1, 0.7, 0.5, 0.35, 0.25};
  private static final Set<String> QUANTITIES =
      Set.of(
          "temp",
          "humidity",
          "pressure",
          "power",
          "energy",
          "voltage",
          "frequency",
          "flow",
          "level",
          "speed",
          "position",
          "co2",
          "setpoint",
          "factor");

  static FieldWords of(List<String> names) {
    return new Reader().read(names);
  }

  boolean has(String word) {
    return weights.containsKey(word);
  }

  private static final class Reader {
    private final Map<String, Double> weights = new HashMap<>();
    private final Set<String> own = new HashSet<>();
    private final Set<String> marks = new HashSet<>();
    private int unknown;
    private @Nullable String unit;
    private boolean difference;
    private int number = -1;
    private int phase;
    private int depth;

    FieldWords read(List<String> names) {
      for (int i = names.size() - 1; i >= 0; i--) {
        name(names.get(i), i == names.size() - 1);
        if (!own.isEmpty() || unknown > 0) {
          depth++;
        }
      }
      if (own.contains("current") && own.stream().anyMatch(QUANTITIES::contains)) {
        own.remove("current");
        weights.remove("current");
      }
      return new FieldWords(weights, own, unknown, unit, difference, marks, number, phase);
    }

    private void name(String name, boolean last) {
      List<String> words = Words.split(name);
      for (int i = 0; i < words.size(); i++) {
        String word = words.get(i);
        String lower = word.toLowerCase(Locale.ROOT);
        if (!phase(lower, words, i) && !number(word) && !unit(word, words, i)) {
          word(lower, last);
        }
      }
    }

    private boolean phase(String word, List<String> words, int at) {
      int found =
          word.matches("l[123]")
              ? word.charAt(1) - '0'
              : word.matches("l[123]l[123]")
                  ? (word.charAt(1) - '0') * 10 + word.charAt(3) - '0'
                  : word.matches("[123]") && at > 0 && words.get(at - 1).matches("(?i)phase|ph|l")
                      ? word.charAt(0) - '0'
                      : at == 0 && words.size() > 1 && word.matches("[abc]")
                          ? word.charAt(0) - 'a' + 1
                          : 0;
      if (found > 0) {
        phase = phase > 0 && phase < 10 && found < 10 ? phase * 10 + found : found;
      }
      return found > 0 || word.equals("l") || word.equals("phase") && at + 1 < words.size();
    }

    private boolean number(String word) {
      if (!word.matches("\\d{1,3}")) {
        return word.matches("\\d+");
      }
      if (depth == 0 || number < 0) {
        number = Integer.parseInt(word);
      }
      return true;
    }

    private boolean unit(String word, List<String> words, int at) {
      if (depth > 0) {
        return false;
      }
      String code = UnitNames.word(word);
      boolean suffixed =
          code == null
              && at > 0
              && (at == words.size() - 1
                  || Words.means(words.get(at - 1).toLowerCase(Locale.ROOT), "temp"));
      boolean alone = at == 0 && words.size() == 1 && Character.isUpperCase(word.charAt(0));
      if (suffixed || alone && code == null) {
        code = UnitNames.suffix(word);
        difference |= code != null && UnitNames.isDifference(word);
      }
      if (code != null && unit == null) {
        unit = code;
      }
      return code != null
          && (suffixed || alone || Words.meaning(word.toLowerCase(Locale.ROOT)).isEmpty());
    }

    private void word(String word, boolean last) {
      List<String> meaning = Words.meaning(word);
      String first = meaning.isEmpty() ? "" : meaning.get(0);
      switch (first) {
        case Words.NOISE, Words.TIME -> {}
        case Words.ABOUT, Words.ENVELOPE -> marks.add(first);
        case Words.NAME, Words.STATE -> {
          if (last || depth == 0) {
            marks.add(first);
          }
        }
        case "" -> {
          if (depth == 0) {
            unknown++;
          }
          add(word);
        }
        default -> {
          List<String> all = new ArrayList<>(meaning);
          if (depth == 0) {
            own.addAll(all);
          }
          all.forEach(this::add);
        }
      }
    }

    private void add(String word) {
      weights.merge(word, WEIGHT[Math.min(depth, WEIGHT.length - 1)], Math::max);
    }
  }
}
