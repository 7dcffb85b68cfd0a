package io.caravanhub.edge.work;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.work.WorkRule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Section {@code work:} of {@code edge.yaml}. Without one everything passes.
 *
 * @param rules the first that matches a device and a metric is that metric's
 * @param models what is asked about which devices
 * @param modelLib folder of the jars that read the models; need not be there
 * @param folder where open windows are kept, so that a killed gateway goes on with them
 * @param snapshot how often they are written there
 * @param memory bytes that raw readings may take which wait for an anomaly, over all devices
 */
public record WorkSettings(
    List<WorkRule> rules,
    List<ModelSettings> models,
    Path modelLib,
    Path folder,
    Duration snapshot,
    long memory) {
  public WorkSettings {
    rules = List.copyOf(rules);
    models = List.copyOf(models);
  }

  /**
   * Reads the section.
   *
   * @param node the section, or a missing node
   * @param models what is asked about which devices
   * @param folder where to keep what the section does not say a folder for
   * @throws IllegalArgumentException one line that begins with the field's path
   */
  public static WorkSettings read(JsonNode node, Path folder, Path state) {
    return new WorkSettingsReader(folder, state).read(node);
  }

  /** The same with other rules. */
  WorkSettings with(List<WorkRule> other) {
    return new WorkSettings(other, models, modelLib, folder, snapshot, memory);
  }

  /** The rule of a metric of a device, or null when nothing is done with it. */
  @Nullable WorkRule rule(String device, String metric) {
    for (WorkRule rule : rules) {
      if (rule.devices().matches(device) && rule.metrics().matches(metric)) {
        return rule.passes() ? null : rule;
      }
    }
    return null;
  }

  /** Whether any rule speaks of the device. */
  boolean concerns(String device) {
    return rules.stream().anyMatch(rule -> !rule.passes() && rule.devices().matches(device));
  }
}
