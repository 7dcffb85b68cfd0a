package io.caravanhub.hub.asset;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.hub.api.ProblemException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A place in a definition that knows its path, so that every complaint names it. */
final class DefinitionField {
  private static final int LIST_MAX = 50;
  private static final int TEXT_MAX = 500;

  private final String path;
  private final JsonNode node;

  private DefinitionField(String path, JsonNode node) {
    this.path = path;
    this.node = node;
  }

  /** The whole of a definition. */
  static DefinitionField root(JsonNode node) {
    DefinitionField root = new DefinitionField("", node);
    if (!node.isObject()) {
      throw ProblemException.badField("body", "expected an object");
    }
    return root;
  }

  private DefinitionField child(String name) {
    return new DefinitionField(path.isEmpty() ? name : path + "." + name, node.path(name));
  }

  ProblemException wrong(String detail) {
    return ProblemException.badField(path.isEmpty() ? "body" : path, detail);
  }

  ProblemException wrong(String name, String detail) {
    return child(name).wrong(detail);
  }

  /** Refuses fields of other names. */
  DefinitionField only(String... known) {
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!List.of(known).contains(name)) {
                throw wrong(name, "unknown; expected one of " + String.join(", ", known));
              }
            });
    return this;
  }

  boolean has(String name) {
    return node.hasNonNull(name);
  }

  /** The object of this name, or null when absent. */
  @Nullable DefinitionField object(String name) {
    DefinitionField child = child(name);
    if (!has(name)) {
      return null;
    }
    if (!child.node.isObject()) {
      throw child.wrong("expected an object");
    }
    return child;
  }

  /** The items of the list of this name; none when absent. */
  List<DefinitionField> list(String name) {
    DefinitionField child = child(name);
    List<DefinitionField> items = new ArrayList<>();
    if (!has(name)) {
      return items;
    }
    if (!child.node.isArray() || child.node.size() > LIST_MAX) {
      throw child.wrong("expected a list of at most " + LIST_MAX);
    }
    for (int i = 0; i < child.node.size(); i++) {
      items.add(new DefinitionField(child.path + "[" + i + "]", child.node.path(i)));
    }
    return items;
  }

  String text(String name) {
    String text = optionalText(name);
    if (text == null || text.isBlank()) {
      throw wrong(name, "absent: expected a text");
    }
    return text;
  }

  @Nullable String optionalText(String name) {
    return optionalText(name, TEXT_MAX);
  }

  private @Nullable String optionalText(String name, int longest) {
    if (!has(name)) {
      return null;
    }
    JsonNode value = node.path(name);
    if (!value.isTextual() || value.asText().length() > longest) {
      throw wrong(name, "expected a text of at most " + longest + " characters");
    }
    return value.asText().strip();
  }

  /** The texts of a list, or of one text alone. */
  List<String> texts(String name) {
    if (node.path(name).isTextual()) {
      return List.of(text(name));
    }
    List<String> texts = new ArrayList<>();
    for (DefinitionField item : list(name)) {
      if (!item.node.isTextual()) {
        throw item.wrong("expected a text");
      }
      texts.add(item.node.asText());
    }
    return texts;
  }

  double number(String name) {
    if (!node.path(name).isNumber()) {
      throw wrong(name, has(name) ? "expected a number" : "absent: expected a number");
    }
    return node.path(name).asDouble();
  }

  double number(String name, double least, double most) {
    double number = number(name);
    if (number < least || number > most) {
      throw wrong(name, "expected a number from " + plain(least) + " to " + plain(most));
    }
    return number;
  }

  /** The numbers of a list of so many. */
  double[] numbers(int count) {
    double[] numbers = new double[count];
    for (int i = 0; i < count; i++) {
      if (!node.isArray() || node.size() != count || !node.path(i).isNumber()) {
        throw wrong("expected " + count + " numbers");
      }
      numbers[i] = node.path(i).asDouble();
    }
    return numbers;
  }

  /** Whether the field is true; absent is false. */
  boolean flag(String name) {
    if (has(name) && !node.path(name).isBoolean()) {
      throw wrong(name, "expected true or false");
    }
    return node.path(name).asBoolean();
  }

  @Nullable Duration optionalDuration(String name) {
    String text = optionalText(name);
    if (text == null) {
      return null;
    }
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative() && !duration.isZero()) {
        return duration;
      }
    } catch (DateTimeParseException e) {
      // told below
    }
    throw wrong(name, "expected an ISO 8601 duration such as PT15M");
  }

  private static String plain(double number) {
    return number == Math.rint(number) ? Long.toString((long) number) : Double.toString(number);
  }

  /** A formula that must be there. */
  Formula formula(String name, String what) {
    String expression = optionalText(name, Formula.LONGEST);
    if (expression == null || expression.isBlank()) {
      throw wrong(name, "absent: expected a JSONata expression");
    }
    try {
      return Formula.of(what, expression);
    } catch (MappingException e) {
      throw wrong(name, placed(e));
    }
  }

  /** The reason with line and column, where they are known. */
  static String placed(MappingException e) {
    return e.line() == 0
        ? e.reason()
        : "line " + e.line() + ", column " + e.column() + ": " + e.reason();
  }
}
