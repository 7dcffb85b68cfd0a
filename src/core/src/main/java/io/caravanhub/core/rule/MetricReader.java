package io.caravanhub.core.rule;

import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads the names of metrics, and refuses those that nobody knows. */
final class MetricReader {
  private static final Pattern METRIC = Pattern.compile("[a-z][a-z0-9_]{0,63}");
  private static final int NEAREST = 3;

  private final KnownMetrics known;

  MetricReader(KnownMetrics known) {
    this.known = known;
  }

  /**
   * A metric's name.
   *
   * @param number whether its values must be numbers
   */
  String read(YamlField named, boolean number) {
    String metric = RuleReader.matching(named, METRIC, "a metric such as supply_air_temp");
    checked(named, metric, number);
    return metric;
  }

  /** What is known of a metric that was named there. */
  KnownMetrics.Known checked(YamlField named, String metric, boolean number) {
    KnownMetrics.Known found =
        known
            .find(metric)
            .orElseThrow(() -> named.wrong("unknown metric \"" + metric + "\"" + near(metric)));
    if (number && !found.number()) {
      throw named.wrong("\"" + metric + "\" is a text; compare it with is or in");
    }
    return found;
  }

  private static String near(String metric) {
    String stem = metric.split("_", 2)[0];
    List<String> near =
        CanonicalMetrics.all().stream()
            .map(CanonicalMetric::key)
            .filter(key -> Stream.of(key.split("_")).anyMatch(stem::equals))
            .limit(NEAREST)
            .toList();
    return near.isEmpty()
        ? "; GET /metrics lists those there are"
        : "; did you mean " + String.join(", ", near) + "?";
  }
}
