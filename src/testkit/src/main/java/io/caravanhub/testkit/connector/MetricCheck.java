package io.caravanhub.testkit.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.metric.CanonicalMetric;
import io.caravanhub.core.metric.CanonicalMetrics;
import io.caravanhub.core.unit.Units;
import io.caravanhub.testkit.golden.GoldenCase;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Whether what the samples come to are metrics of the catalogue, in units that fit them. */
final class MetricCheck {
  private static final ObjectMapper JSON = new ObjectMapper();

  private MetricCheck() {}

  static Finding of(List<GoldenCase> cases) throws IOException {
    Set<String> problems = new TreeSet<>();
    Set<String> metrics = new TreeSet<>();
    for (GoldenCase golden : cases) {
      if (!Files.exists(golden.expected())) {
        continue;
      }
      JsonNode made = JSON.readTree(golden.expected().toFile());
      for (JsonNode message : made.isArray() ? made : List.of(made)) {
        for (JsonNode measured : message.path("measurements")) {
          String name = measured.path("name").asText();
          metrics.add(name);
          String problem = problem(name, measured.path("unit").asText(""));
          if (problem != null) {
            problems.add("samples/expected/" + golden.name() + " " + name + ": " + problem);
          }
        }
      }
    }
    return new Finding(
        Grade.SILVER, "metrics", metrics.size() + " of the catalogue", List.copyOf(problems));
  }

  private static @Nullable String problem(String name, String unit) {
    CanonicalMetric metric = CanonicalMetrics.resolve(name).orElse(null);
    if (metric == null) {
      return "is not in the catalogue of metrics";
    }
    String own = metric.unit();
    if (unit.isEmpty() || own != null && unit.equals(own)) {
      return null;
    }
    if (own == null || own.isEmpty()) {
      return "has no unit, got '" + unit + "'";
    }
    return Units.isKnown(unit) && Units.sameDimension(unit, own)
        ? null
        : "'" + unit + "' is not converted to '" + own + "'";
  }
}
