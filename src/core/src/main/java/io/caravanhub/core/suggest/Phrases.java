package io.caravanhub.core.suggest;

import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the metrics of the catalogue are called: by the words of their keys and as the file {@code
 * phrases.txt} says. Phases are left out, they are found by their number. Immutable.
 */
final class Phrases {
  private static final List<Phrase> ALL = load();

  /** One way to say a metric; order of words does not matter. */
  record Phrase(CanonicalMetric metric, Set<String> words) {}

  private Phrases() {}

  static List<Phrase> all() {
    return ALL;
  }

  private static List<Phrase> load() {
    Map<String, String> others = Words.lines("phrases.txt");
    List<Phrase> all = new ArrayList<>();
    for (CanonicalMetric metric : CanonicalMetrics.all()) {
      String listed = others.getOrDefault(metric.key(), "");
      Set<Set<String>> ways = new LinkedHashSet<>();
      if (!listed.startsWith("!") && !metric.key().matches(".*_l[123]+")) {
        ways.add(words(metric.key()));
        for (String way : listed.split("\\|")) {
          ways.add(Set.copyOf(Arrays.asList(way.strip().split(" +"))));
        }
      }
      ways.stream()
          .filter(way -> !way.isEmpty() && !way.contains(""))
          .forEach(way -> all.add(new Phrase(metric, way)));
    }
    for (String key : others.keySet()) {
      if (CanonicalMetrics.find(key).isEmpty()) {
        throw new IllegalStateException("phrases.txt: " + key + " is no metric");
      }
    }
    return List.copyOf(all);
  }

  private static Set<String> words(String key) {
    Set<String> words = new LinkedHashSet<>();
    for (String part : key.split("_")) {
      List<String> meaning = Words.meaning(part);
      if (meaning.isEmpty()) {
        words.add(part);
      } else if (!meaning.get(0).matches("[-!~@?]")) {
        words.addAll(meaning);
      } else if (!meaning.get(0).matches("[-?]")) {
        words.add(part);
      }
    }
    return Set.copyOf(words);
  }
}
