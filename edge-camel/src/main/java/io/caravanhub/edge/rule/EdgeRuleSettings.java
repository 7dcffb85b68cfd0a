package io.caravanhub.edge.rule;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.rule.RuleDevice;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What {@code edge.yaml} says of rules.
 *
 * @param folder of the rule files
 * @param state folder of what is remembered over a restart
 * @param tenant whose devices they are
 * @param devices those that are listed, with what is known of them; a type, maker or model that
 *     nobody gave is empty
 */
public record EdgeRuleSettings(Path folder, Path state, String tenant, List<RuleDevice> devices) {
  public EdgeRuleSettings {
    devices = List.copyOf(devices);
  }

  /**
   * Reads {@code rules} and, of each device, {@code type}, {@code manufacturer} and {@code model}.
   * What is remembered is kept beside the spool.
   *
   * @param root the whole file
   * @param folder where the file is
   * @param data where the spool is
   * @throws IllegalArgumentException naming the field
   */
  public static EdgeRuleSettings read(JsonNode root, Path folder, Path data) {
    JsonNode rules = root.path("rules");
    if (!rules.isTextual() || rules.asText().isBlank()) {
      throw new IllegalArgumentException("rules: expected the folder of the rule files");
    }
    String tenant = root.path("tenant").asText("default");
    List<RuleDevice> devices = new ArrayList<>();
    for (JsonNode node : root.path("fieldbus")) {
      devices.add(
          device(
              tenant,
              node.path("device").asText(),
              node.path("type").asText(""),
              node.path("manufacturer").asText(""),
              node.path("model").asText("")));
    }
    return new EdgeRuleSettings(
        folder.resolve(rules.asText()).normalize(), data.resolve("rule-state"), tenant, devices);
  }

  /** A device by its serial, which is all that a gateway knows it by. */
  static RuleDevice device(
      String tenant, String serial, String type, String manufacturer, String model) {
    return new RuleDevice(tenant, serial, serial, type, manufacturer, model, null);
  }
}
