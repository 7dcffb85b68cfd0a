package io.caravanhub.hub.asset;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads how health is judged. */
final class HealthReader {
  private static final List<String> SEVERITIES = List.of("low", "medium", "high", "critical");

  private HealthReader() {}

  static HealthAlgorithm read(DefinitionField field) {
    return switch (field.text("algorithm")) {
      case HealthAlgorithm.WeightedDeductions.NAME -> deductions(field);
      case HealthAlgorithm.ScoreBased.NAME -> scores(field);
      default ->
          throw field.wrong(
              "algorithm",
              "expected "
                  + HealthAlgorithm.WeightedDeductions.NAME
                  + " or "
                  + HealthAlgorithm.ScoreBased.NAME);
    };
  }

  private static HealthAlgorithm deductions(DefinitionField field) {
    field.only("algorithm", "bands", "deductions");
    List<Deduction> deductions =
        field.list("deductions").stream().map(HealthReader::deduction).toList();
    if (deductions.isEmpty()) {
      throw field.wrong("deductions", "expected at least one");
    }
    return new HealthAlgorithm.WeightedDeductions(deductions, bands(field));
  }

  private static Deduction deduction(DefinitionField field) {
    String reason = field.text("reason");
    double points = field.number("points", 0, 100);
    if (field.has("when")) {
      field.only("reason", "points", "when");
      return new Deduction.When(reason, points, field.formula("when", reason));
    }
    DefinitionField event = field.object("event");
    if (event != null) {
      field.only("reason", "points", "event", "each");
      return event(field, event, reason, points);
    }
    Duration silence = field.optionalDuration("silent_for");
    if (silence != null) {
      field.only("reason", "points", "metric", "silent_for");
      return new Deduction.Silence(reason, points, field.optionalText("metric"), silence);
    }
    if (field.has("from")) {
      field.only("reason", "points", "metric", "from", "to");
      double from = field.number("from");
      double to = field.number("to");
      if (from == to) {
        throw field.wrong("to", "expected another number than from");
      }
      return new Deduction.Ramp(reason, points, field.text("metric"), from, to);
    }
    throw field.wrong(
        "when", "absent: expected when, event, silent_for, or metric with from and to");
  }

  private static Deduction event(
      DefinitionField field, DefinitionField event, String reason, double points) {
    event.only("severity", "family");
    List<String> severities = event.texts("severity");
    for (String severity : severities) {
      if (!SEVERITIES.contains(severity)) {
        throw event.wrong("severity", "expected some of " + String.join(", ", SEVERITIES));
      }
    }
    @Nullable String family = event.optionalText("family");
    return new Deduction.Event(reason, points, severities, family, field.flag("each"));
  }

  private static HealthAlgorithm scores(DefinitionField field) {
    field.only("algorithm", "bands", "scores");
    List<MetricScore> scores = field.list("scores").stream().map(HealthReader::score).toList();
    if (scores.isEmpty()) {
      throw field.wrong("scores", "expected at least one");
    }
    return new HealthAlgorithm.ScoreBased(scores, bands(field));
  }

  private static MetricScore score(DefinitionField field) {
    field.only("metric", "reason", "weight", "curve");
    String metric = field.text("metric");
    String reason = field.optionalText("reason");
    double weight = field.has("weight") ? field.number("weight", 0.001, 1_000) : 1;
    List<MetricScore.Point> curve = new ArrayList<>();
    for (DefinitionField point : field.list("curve")) {
      double[] pair = point.numbers(2);
      if (!curve.isEmpty() && pair[0] <= curve.get(curve.size() - 1).value()) {
        throw point.wrong("expected a larger value than the one before");
      }
      if (pair[1] < 0 || pair[1] > 100) {
        throw point.wrong("expected a score from 0 to 100");
      }
      curve.add(new MetricScore.Point(pair[0], pair[1]));
    }
    if (curve.isEmpty()) {
      throw field.wrong("curve", "expected pairs of value and score");
    }
    return new MetricScore(metric, reason == null ? metric : reason, weight, List.copyOf(curve));
  }

  private static Bands bands(DefinitionField field) {
    DefinitionField given = field.object("bands");
    if (given == null) {
      return Bands.USUAL;
    }
    given.only("degrading", "at_risk", "critical");
    Bands bands =
        new Bands(
            given.number("degrading", 0, 100),
            given.number("at_risk", 0, 100),
            given.number("critical", 0, 100));
    if (bands.degrading() < bands.atRisk() || bands.atRisk() < bands.critical()) {
      throw given.wrong("expected degrading >= at_risk >= critical");
    }
    return bands;
  }
}
