package io.caravanhub.edge.work;

import io.caravanhub.core.work.Globs;
import io.caravanhub.core.work.WorkField;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A model that is asked about some devices.
 *
 * @param path where it stands in the settings, for errors
 * @param file its file
 * @param devices about which
 * @param inputs what it is given, in its order
 * @param every how often at most, by the time of the readings
 * @param outputs metrics that its outputs become, in its order
 * @param event what the first output may set off, or null
 */
record ModelSettings(
    String path,
    Path file,
    Globs devices,
    List<Input> inputs,
    Duration every,
    List<String> outputs,
    @Nullable Event event) {

  /** What a number about a metric is. */
  enum Feature {
    LATEST,
    MEAN,
    MIN,
    MAX,
    STD;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A number for the model.
   *
   * @param over window of all but the latest; the latest may be as old
   */
  record Input(String metric, Feature feature, Duration over) {}

  /**
   * An event that an output sets off.
   *
   * @param above it is raised when the output is beyond
   * @param clear and over when it is not above this
   */
  record Event(double above, double clear, String type, String severity, String message) {}

  static ModelSettings read(WorkField field, Path folder) {
    field.requireKnown("file", "devices", "inputs", "every", "output", "event");
    String file = field.text("file", "");
    if (file.isEmpty()) {
      throw field.at("file").wrong("is required");
    }
    List<Input> inputs = field.list("inputs").stream().map(ModelSettings::input).toList();
    List<String> outputs = field.list("output").stream().map(WorkField::text).toList();
    if (inputs.isEmpty()) {
      throw field.at("inputs").wrong("expected {metric: ...}, one for each number it takes");
    }
    if (outputs.isEmpty() || outputs.stream().anyMatch(String::isBlank)) {
      throw field.at("output").wrong("expected the metric that its output becomes");
    }
    return new ModelSettings(
        field.path(),
        folder.resolve(file),
        field.globs("devices"),
        inputs,
        field.duration("every", Duration.ofMillis(1)),
        outputs,
        field.has("event") ? event(field.at("event")) : null);
  }

  private static Input input(WorkField field) {
    field.requireKnown("metric", "feature", "over");
    String metric = field.text("metric", "");
    if (metric.isEmpty()) {
      throw field.at("metric").wrong("is required");
    }
    String name = field.text("feature", "latest");
    for (Feature feature : Feature.values()) {
      if (feature.label().equals(name) || name.equals("last") && feature == Feature.LATEST) {
        return new Input(metric, feature, field.duration("over", Duration.ofMinutes(5)));
      }
    }
    throw field.at("feature").wrong("expected latest, mean, min, max or std, got \"" + name + "\"");
  }

  private static Event event(WorkField field) {
    field.requireKnown("above", "clear", "type", "severity", "message");
    if (!field.has("above")) {
      throw field.at("above").wrong("is required");
    }
    double above = field.number("above", 0);
    double clear = field.number("clear", above);
    if (clear > above) {
      throw field.at("clear").wrong("expected at most above, " + above);
    }
    return new Event(
        above,
        clear,
        field.text("type", "warning"),
        field.text("severity", "medium"),
        field.text("message", ""));
  }
}
