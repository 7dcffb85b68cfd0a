package io.caravanhub.core.work;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A field of the settings that knows where it stands. Its readers throw IllegalArgumentException
 * that names the field.
 *
 * @param path for instance {@code work.rules[2].deadband}; empty for a file as a whole
 * @param node what is there, missing when nothing is
 */
public record WorkField(String path, JsonNode node) {

  /** A field of this one, there or not. */
  public WorkField at(String field) {
    return new WorkField(below(field), node.path(field));
  }

  private String below(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }

  /** Whether it has this field, and not null in it. */
  public boolean has(String field) {
    return node.hasNonNull(field);
  }

  public boolean isText() {
    return node.isTextual();
  }

  /** What it says, as text. */
  public String text() {
    return node.asText();
  }

  public String text(String field, String absent) {
    return has(field) ? node.get(field).asText() : absent;
  }

  /** The items of a list; a single one may stand for itself. */
  public List<WorkField> list(String field) {
    JsonNode list = node.path(field);
    List<WorkField> items = new ArrayList<>();
    if (list.isArray()) {
      for (JsonNode item : list) {
        items.add(new WorkField(below(field) + "[" + items.size() + "]", item));
      }
    } else if (!(list instanceof MissingNode || list.isNull())) {
      items.add(at(field));
    }
    return items;
  }

  /** Names by pattern, one or a list; all when absent. */
  public Globs globs(String field) {
    List<String> globs = list(field).stream().map(WorkField::text).toList();
    if (globs.stream().anyMatch(String::isBlank)) {
      throw at(field).wrong("expected names, * for any characters");
    }
    return globs.isEmpty() ? Globs.ALL : Globs.of(globs);
  }

  public boolean bool(String field) {
    if (has(field) && !node.get(field).isBoolean()) {
      throw at(field).wrong("expected true or false, got " + node.get(field));
    }
    return node.path(field).asBoolean();
  }

  public double number(String field, double absent) {
    if (!has(field)) {
      return absent;
    }
    if (!node.get(field).isNumber()) {
      throw at(field).wrong("expected a number, got " + node.get(field));
    }
    return node.get(field).doubleValue();
  }

  /** A number above 0. */
  public double positive(String field, double absent) {
    double number = number(field, absent);
    if (has(field) && !(number > 0)) {
      throw at(field).wrong("expected more than 0, got " + node.get(field));
    }
    return number;
  }

  public Duration duration(String field, Duration absent) {
    if (!has(field)) {
      return absent;
    }
    String text = node.get(field).asText();
    try {
      Duration duration = Duration.parse(text);
      if (!duration.isNegative() && !duration.isZero()) {
        return duration;
      }
    } catch (DateTimeParseException notOne) {
      // told below
    }
    throw at(field).wrong("expected PT30S or the like, got \"" + text + "\"");
  }

  /**
   * @throws IllegalArgumentException when it is no object, or has other fields than these
   */
  public void requireKnown(String... fields) {
    if (node.isMissingNode() || node.isNull()) {
      return;
    }
    if (!node.isObject()) {
      throw wrong("expected fields, got " + node);
    }
    Set<String> known = Set.of(fields);
    node.fieldNames()
        .forEachRemaining(
            field -> {
              if (!known.contains(field)) {
                throw at(field).wrong("there is no such setting");
              }
            });
  }

  /**
   * @param alone whether the fields may not be there
   * @param what beside which they say nothing
   * @throws IllegalArgumentException naming the field that is there
   */
  public void requireOnly(boolean alone, String what, String... others) {
    for (String other : others) {
      if (alone && has(other)) {
        throw at(other).wrong("says nothing beside " + what);
      }
    }
  }

  /** An error that begins with the field's path. */
  public IllegalArgumentException wrong(String what) {
    return new IllegalArgumentException(path + ": " + what);
  }
}
