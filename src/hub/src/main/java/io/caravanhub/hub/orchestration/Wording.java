package io.caravanhub.hub.orchestration;

import io.caravanhub.core.rule.YamlField;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Titles and descriptions of actions with the same kind of placeholders as messages of rules. */
final class Wording {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([^{}]*)}");

  /** Placeholders and where they are in the facts. */
  private static final Map<String, String> PLACES =
      new TreeMap<>(
          Map.ofEntries(
              Map.entry("device", "/device/serial"),
              Map.entry("model", "/device/model"),
              Map.entry("manufacturer", "/device/manufacturer"),
              Map.entry("asset", "/asset/name"),
              Map.entry("customer", "/asset/customer"),
              Map.entry("location", "/asset/location"),
              Map.entry("message", "/event/message"),
              Map.entry("metric", "/event/metric"),
              Map.entry("value", "/event/value"),
              Map.entry("unit", "/event/unit"),
              Map.entry("threshold", "/event/threshold"),
              Map.entry("rule", "/event/rule"),
              Map.entry("family", "/event/family"),
              Map.entry("type", "/event/type"),
              Map.entry("severity", "/event/severity"),
              Map.entry("action", "/event/action"),
              Map.entry("reason", "/event/detector/reason")));

  private Wording() {}

  /** A text whose placeholders are known. */
  static String checked(YamlField field) {
    Matcher matcher = PLACEHOLDER.matcher(field.text());
    while (matcher.find()) {
      if (!PLACES.containsKey(matcher.group(1))) {
        throw field.wrong(
            "no such placeholder {" + matcher.group(1) + "}; known: " + PLACES.keySet());
      }
    }
    return field.text();
  }

  /** Fills it in. */
  static String filled(String text, Occasion occasion) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            found ->
                Matcher.quoteReplacement(
                    occasion.text(PLACES.getOrDefault(found.group(1), "/none"))));
  }
}
