package io.caravanhub.hub.mapping;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.hub.api.ProblemException;
import org.jspecify.annotations.Nullable;

/**
 * The two texts of a mapping as a request gives them: {@code jsonata} a text, {@code fields} a text
 * in YAML or the table as JSON.
 *
 * @param jsonata the expression, empty when the table is all
 * @param fields the table, or null
 */
record MappingTexts(String jsonata, @Nullable String fields) {
  private static final int LONGEST = 256 * 1024;

  /** Reads them; at least one has to be there. */
  static MappingTexts of(JsonNode request) {
    JsonNode jsonata = request.path("jsonata");
    JsonNode fields = request.path("fields");
    if (!isThere(jsonata) && !isThere(fields)) {
      throw ProblemException.badField("jsonata", "absent: expected jsonata, fields or both");
    }
    if (isThere(jsonata) && !jsonata.isTextual()) {
      throw ProblemException.badField("jsonata", "expected a text");
    }
    if (isThere(fields) && !fields.isTextual() && !fields.isContainerNode()) {
      throw ProblemException.badField("fields", "expected a table as JSON or a text in YAML");
    }
    return new MappingTexts(
        bounded("jsonata", isThere(jsonata) ? jsonata.asText() : ""),
        isThere(fields)
            ? bounded("fields", fields.isTextual() ? fields.asText() : fields.toPrettyString())
            : null);
  }

  private static boolean isThere(JsonNode node) {
    return !node.isMissingNode() && !node.isNull();
  }

  private static String bounded(String field, String text) {
    if (text.length() > LONGEST || text.indexOf('\0') >= 0) {
      throw ProblemException.badField(
          field, "expected a text of at most " + LONGEST + " characters");
    }
    return text;
  }

  MappingSource source(String name, String version) {
    return new MappingSource(name, version, jsonata, fields);
  }

  /**
   * What keeps a mapping from being used.
   *
   * @param field jsonata, or the field of the table at fault
   * @param line from 1; 0 when unknown
   * @param column from 1; 0 when unknown
   */
  record Problem(String field, int line, int column, String reason) {
    /** The reason with its place. */
    String placed() {
      return line == 0
          ? reason
          : "line " + line + (column == 0 ? "" : ", column " + column) + ": " + reason;
    }
  }

  /** Compiles it, to see; null when that goes well. */
  static @Nullable Problem problem(MappingSource source) {
    try {
      Mapping.compile(source);
      return null;
    } catch (MappingException e) {
      return problem(e);
    }
  }

  static Problem problem(MappingException e) {
    String field = e.field();
    return new Problem(
        field == null ? "jsonata" : field.startsWith("fields") ? field : "fields." + field,
        e.line(),
        e.column(),
        e.reason());
  }
}
