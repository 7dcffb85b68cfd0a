package io.caravanhub.hub.asset;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.unit.Units;
import io.caravanhub.hub.telemetry.Metric;
import io.caravanhub.hub.telemetry.MetricCatalog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads definitions, with errors that name the field. Thread-safe. */
@Component
class DefinitionReader {
  static final String SCORE = "health_score";
  private static final int NAME_MAX = 200;
  private static final Duration MAX_AGE_MOST = Duration.ofDays(366);

  private final MetricCatalog catalog;

  DefinitionReader(MetricCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * Reads and compiles a definition.
   *
   * @throws io.caravanhub.hub.api.ProblemException naming the field that cannot be used
   */
  AssetDefinition read(String tenant, JsonNode definition) {
    DefinitionField root =
        DefinitionField.root(definition).only("description", "max_age", "derived", "health");
    root.optionalText("description");
    List<DerivedMetric> derived = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (DefinitionField field : root.list("derived")) {
      DerivedMetric metric = derived(tenant, field);
      if (!seen.add(metric.metric())) {
        throw field.wrong("metric", "\"" + metric.metric() + "\" is there a second time");
      }
      derived.add(metric);
    }
    DefinitionField health = root.object("health");
    return new AssetDefinition(
        maxAge(root), derived, health == null ? null : HealthReader.read(health));
  }

  private static @Nullable Duration maxAge(DefinitionField root) {
    Duration age = root.optionalDuration("max_age");
    if (age != null && age.compareTo(MAX_AGE_MOST) > 0) {
      throw root.wrong("max_age", "expected at most a year, P366D");
    }
    return age;
  }

  private DerivedMetric derived(String tenant, DefinitionField field) {
    field.only("metric", "unit", "expression", "description");
    String metric = field.text("metric");
    if (metric.length() > NAME_MAX) {
      throw field.wrong("metric", "expected at most " + NAME_MAX + " characters");
    }
    if (metric.equals(SCORE)) {
      throw field.wrong("metric", "is what health yields; choose another name");
    }
    return new DerivedMetric(
        metric,
        unit(tenant, field, metric),
        field.formula("expression", metric),
        field.optionalText("description"));
  }

  /** What cannot be converted to the metric's unit would be bad for ever; say so now. */
  private @Nullable String unit(String tenant, DefinitionField field, String metric) {
    String unit = field.optionalText("unit");
    Metric known = catalog.find(tenant, metric).orElse(null);
    if (unit == null) {
      return null;
    }
    String canonical = Units.canonical(unit);
    if (canonical == null) {
      throw field.wrong("unit", "unknown unit; expected a UCUM code such as Cel, kW or K");
    }
    if (known != null && known.textual()) {
      throw field.wrong("unit", "\"" + metric + "\" is a text and has no unit");
    }
    String own = known == null ? null : known.unit();
    if (known != null && own == null) {
      throw field.wrong("unit", "\"" + metric + "\" has none in the catalogue");
    }
    if (own != null && !Units.sameDimension(own, canonical)) {
      throw field.wrong("unit", "\"" + metric + "\" is in " + own + ", which this cannot become");
    }
    return canonical;
  }
}
