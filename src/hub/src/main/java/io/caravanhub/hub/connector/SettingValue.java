package io.caravanhub.hub.connector;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.caravanhub.core.webhook.AddressList;
import java.math.BigDecimal;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** A setting's value against its part of a connector's JSON Schema. Stateless. */
public final class SettingValue {
  private static final int LONGEST = 8_000;

  private SettingValue() {}

  /** The value that a text of a form stands for; a text, where it is none of the type. */
  public static JsonNode of(JsonNode schema, String text) {
    String type = schema.path("type").asText("string");
    if (type.equals("boolean") && text.matches("true|false")) {
      return BooleanNode.valueOf(text.equals("true"));
    }
    if (type.equals("integer") || type.equals("number")) {
      try {
        return DecimalNode.valueOf(new BigDecimal(text.strip()));
      } catch (NumberFormatException e) {
        return TextNode.valueOf(text);
      }
    }
    return TextNode.valueOf(text);
  }

  /** What is expected instead of this value, or null when it can be used. */
  public static @Nullable String problem(String name, JsonNode schema, JsonNode value) {
    String type = schema.path("type").asText("string");
    boolean fits =
        switch (type) {
          case "integer" -> value.isNumber() && whole(value.decimalValue());
          case "number" -> value.isNumber();
          case "boolean" -> value.isBoolean();
          default -> value.isTextual();
        };
    if (!fits) {
      return switch (type) {
        case "integer" -> "expected a whole number";
        case "number" -> "expected a number";
        case "boolean" -> "expected true or false";
        default -> "expected a text";
      };
    }
    return value.isNumber() ? outside(schema, value.decimalValue()) : unfit(name, schema, value);
  }

  private static @Nullable String outside(JsonNode schema, BigDecimal value) {
    if (schema.path("minimum").isNumber()
        && value.compareTo(schema.path("minimum").decimalValue()) < 0) {
      return "expected " + schema.path("minimum").asText() + " or more";
    }
    if (schema.path("maximum").isNumber()
        && value.compareTo(schema.path("maximum").decimalValue()) > 0) {
      return "expected " + schema.path("maximum").asText() + " or less";
    }
    return null;
  }

  private static @Nullable String unfit(String name, JsonNode schema, JsonNode value) {
    String text = value.asText().strip();
    if (text.length() > LONGEST) {
      return "expected " + LONGEST + " characters or fewer";
    }
    // A certificate in PEM has lines.
    boolean lines = name.equals("certificate_authority");
    if (text.chars().anyMatch(c -> Character.isISOControl(c) && !(lines && (c == 10 || c == 13)))) {
      return "expected no control characters";
    }
    if (name.equals("allowed_addresses")) {
      try {
        AddressList.of(text);
      } catch (IllegalArgumentException e) {
        return String.valueOf(e.getMessage());
      }
    }
    if (name.equals("certificate") && !text.replaceAll("[:\\s-]", "").matches("[0-9A-Fa-f]{64}")) {
      return "expected a SHA-256 fingerprint, which is 64 hexadecimal digits";
    }
    List<String> choices = choices(schema);
    if (!choices.isEmpty() && !choices.contains(text)) {
      return "expected one of " + String.join(", ", choices);
    }
    String pattern = schema.path("pattern").asText("");
    try {
      // JSON Schema looks for its pattern anywhere in the text.
      if (!pattern.isEmpty() && !Pattern.compile(pattern).matcher(text).find()) {
        return "expected " + pattern;
      }
    } catch (PatternSyntaxException e) {
      return null;
    }
    // A connector that speaks something else than HTTP says so by a pattern of its own.
    return pattern.isEmpty()
            && name.matches("url|base_url")
            && !text.matches("https?://[^\\s/?#@]+(/[^\\s?#]*)?")
        ? "expected an address such as http://192.168.1.20"
        : null;
  }

  /** The values that the schema allows; empty when it allows any. */
  public static List<String> choices(JsonNode schema) {
    return schema.path("enum").valueStream().map(JsonNode::asText).toList();
  }

  private static boolean whole(BigDecimal value) {
    return value.stripTrailingZeros().scale() <= 0;
  }
}
