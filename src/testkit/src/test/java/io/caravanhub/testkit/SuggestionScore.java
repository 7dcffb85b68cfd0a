package io.caravanhub.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import io.caravanhub.core.suggest.Suggester;
import io.caravanhub.core.suggest.Suggestion;
import io.caravanhub.core.unit.Converted;
import io.caravanhub.core.unit.Units;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Judges drafts against what the mapping that an engineer wrote makes of the same payload, sample
 * by sample: a reading is right when the metric is the same and, in the metric's unit, the number.
 */
final class SuggestionScore {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<String> lines = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();
  private int expected;
  private int found;
  private int proposed;
  private int named;

  private record Reading(String metric, double value) {
    boolean is(Reading other) {
      return metric.equals(other.metric) && isAs(other);
    }

    boolean isAs(Reading other) {
      return Math.abs(value - other.value) <= 1e-3 * Math.max(1e-6, Math.abs(other.value));
    }

    @Override
    public String toString() {
      return metric + "=" + value;
    }
  }

  void judge(String name, JsonNode payload, JsonNode golden) {
    Object plain = JSON.convertValue(payload, Object.class);
    Suggestion suggestion = Suggester.of(List.of(plain));
    List<Reading> wanted = readings(golden);
    List<Reading> given = readings(applied(name, suggestion, plain));
    expected += wanted.size();
    proposed += given.size();
    List<Reading> missing = new ArrayList<>(wanted);
    List<Reading> others = new ArrayList<>();
    for (Reading reading : given) {
      if (missing.removeIf(reading::is)) {
        found++;
      } else {
        others.add(reading);
      }
    }
    named += (int) others.stream().filter(r -> wanted.stream().anyMatch(r::isAs)).count();
    lines.add(name + " missing " + missing + " other " + others);
  }

  private JsonNode applied(String name, Suggestion suggestion, Object payload) {
    if (suggestion.fields() == null && suggestion.jsonata() == null) {
      return JSON.createObjectNode();
    }
    String jsonata = suggestion.jsonata() == null ? "" : suggestion.jsonata();
    try {
      return JSON.valueToTree(
          Mapping.compile(new MappingSource(name, "draft", jsonata, suggestion.fields()))
              .apply(payload, Map.of(), MappingBounds.DEFAULT));
    } catch (MappingException e) {
      broken.add(name + ": " + e.getMessage());
      return JSON.createObjectNode();
    }
  }

  private static List<Reading> readings(JsonNode result) {
    List<Reading> readings = new ArrayList<>();
    for (JsonNode list : result.findValues("measurements")) {
      for (JsonNode one : list) {
        String metric = one.path("name").asText();
        if (one.path("value").isNumber() && !isBoolean(metric)) {
          String unit = one.hasNonNull("unit") ? one.path("unit").asText() : null;
          readings.add(new Reading(metric, canonical(metric, one.path("value").asDouble(), unit)));
        }
      }
    }
    return readings;
  }

  private static boolean isBoolean(String key) {
    return CanonicalMetrics.resolve(key)
        .filter(metric -> metric.type() == CanonicalMetric.Type.BOOLEAN)
        .isPresent();
  }

  private static double canonical(String key, double value, @Nullable String unit) {
    CanonicalMetric metric = CanonicalMetrics.resolve(key).orElse(null);
    if (metric == null || metric.unit() == null || unit == null) {
      return value;
    }
    Converted converted =
        metric.unit().equals("K")
            ? Units.convertDifference(value, unit, metric.unit())
            : Units.convert(value, unit, metric.unit());
    return converted instanceof Converted.Value number ? number.value() : Double.NaN;
  }

  /** Of the engineer's numeric readings, the share that drafts give. */
  double found() {
    return (double) found / expected;
  }

  /** Of the drafts' numeric readings, the share that the engineer's mapping gives, too. */
  double right() {
    return (double) found / proposed;
  }

  List<String> broken() {
    return broken;
  }

  String report() {
    return String.format(
        "%d readings expected, %d found (%.1f %%), %d proposed (%.1f %% of them right; %d have the number of an expected reading by another metric)%n%s%n",
        expected, found, 100 * found(), proposed, 100 * right(), named, String.join("\n", lines));
  }
}
