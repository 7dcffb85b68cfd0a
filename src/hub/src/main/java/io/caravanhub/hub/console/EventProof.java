package io.caravanhub.hub.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an event was raised on, from the evidence kept with it.
 *
 * @param rule that raised it
 * @param meaning what the rule is for, or empty
 * @param advice what the rule advises to do, or empty
 * @param condition of the rule, as JSON for people, or empty
 * @param reason why a detector found it unusual, or empty
 * @param lasting how long the condition had to hold, or null when at once
 * @param parts it may take
 */
public record EventProof(
    String rule,
    String family,
    String meaning,
    String advice,
    String failureMode,
    String condition,
    String reason,
    @Nullable Double score,
    @Nullable Double confidence,
    @Nullable Double expectedLow,
    @Nullable Double expectedHigh,
    @Nullable Double cleared,
    @Nullable Duration lasting,
    List<String> parts) {
  private static final ObjectMapper JSON = new ObjectMapper();

  static EventProof of(String rule, String family, String evidence) {
    JsonNode e;
    try {
      e = JSON.readTree(evidence);
    } catch (JsonProcessingException problem) {
      throw new IllegalStateException("PostgreSQL gave JSON that is none", problem);
    }
    JsonNode detector = e.path("detector");
    List<String> parts = new ArrayList<>();
    e.path("parts")
        .forEach(
            part ->
                parts.add(
                    part.path("quantity").asText("1")
                        + " × "
                        + part.path("name").asText(part.path("number").asText())));
    JsonNode condition = e.path("condition");
    return new EventProof(
        rule,
        family,
        text(e, "description"),
        text(e, "action"),
        text(e, "failureModeCode"),
        condition.isMissingNode() || condition.isNull()
            ? ""
            : condition.isTextual() ? condition.asText() : condition.toPrettyString(),
        text(detector, "reason"),
        number(detector, "score"),
        number(detector, "confidence"),
        number(detector, "expectedLow"),
        number(detector, "expectedHigh"),
        number(e, "cleared"),
        duration(text(e, "duration")),
        parts);
  }

  private static String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    return value.isTextual() || value.isNumber() ? value.asText() : "";
  }

  private static @Nullable Double number(JsonNode node, String name) {
    return node.path(name).isNumber() ? node.path(name).doubleValue() : null;
  }

  private static @Nullable Duration duration(String text) {
    try {
      Duration duration = text.isEmpty() ? Duration.ZERO : Duration.parse(text);
      return duration.isZero() ? null : duration;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
