package io.caravanhub.core.suggest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Words for true and false. Immutable. */
final class States {
  private static final List<List<String>> PAIRS =
      List.of(
          List.of("on", "off"),
          List.of("true", "false"),
          List.of("yes", "no"),
          List.of("open", "closed"),
          List.of("opened", "closed"),
          List.of("open", "close"),
          List.of("detected", "clear"),
          List.of("present", "not_present"),
          List.of("occupied", "not_occupied"),
          List.of("leak", "normal"),
          List.of("leak", "no leak"),
          List.of("alarm", "normal"),
          List.of("trigger", "idle"),
          List.of("triggered", "idle"),
          List.of("active", "inactive"),
          List.of("motion_detected", "no_motion_detected"),
          List.of("wet", "dry"));

  private States() {}

  /**
   * What the texts of the samples are, with those that stand against them and may come, too; null
   * when one of them is neither true nor false.
   */
  static @Nullable Map<String, Boolean> of(Values values) {
    if (!values.isText()) {
      return null;
    }
    Map<String, Boolean> states = new LinkedHashMap<>();
    for (Object value : values.all()) {
      String text = String.valueOf(value);
      int before = states.size();
      for (List<String> pair : PAIRS) {
        if (pair.contains(text.toLowerCase(Locale.ROOT))) {
          states.putIfAbsent(alike(pair.get(0), text), true);
          states.putIfAbsent(alike(pair.get(1), text), false);
        }
      }
      if (states.size() == before && !states.containsKey(text)) {
        return null;
      }
    }
    return states;
  }

  /** In the case of the sample. */
  private static String alike(String word, String sample) {
    if (sample.equals(sample.toUpperCase(Locale.ROOT))) {
      return word.toUpperCase(Locale.ROOT);
    }
    return Character.isUpperCase(sample.charAt(0))
        ? Character.toUpperCase(word.charAt(0)) + word.substring(1)
        : word;
  }
}
