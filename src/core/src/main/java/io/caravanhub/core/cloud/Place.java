package io.caravanhub.core.cloud;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A place in a declaration, which knows its file and its JSON Pointer for errors. */
public record Place(String file, String pointer, JsonNode node) {
  Place(String pointer, JsonNode node) {
    this(CloudFile.NAME, pointer, node);
  }

  public boolean isAbsent() {
    return node.isMissingNode() || node.isNull();
  }

  public Place at(String field) {
    return new Place(file, pointer + "/" + field, node.path(field));
  }

  public List<Place> list(String field) {
    List<Place> list = new ArrayList<>();
    JsonNode array = node.path(field);
    for (int i = 0; i < array.size(); i++) {
      list.add(new Place(file, pointer + "/" + field + "/" + i, array.get(i)));
    }
    return list;
  }

  public void only(String... fields) {
    Set<String> known = Set.of(fields);
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw wrong(name, "unknown; expected one of " + String.join(", ", fields));
              }
            });
  }

  public @Nullable String optional(String field) {
    return node.hasNonNull(field) ? text(field, "") : null;
  }

  public String text(String field, String absent) {
    JsonNode value = node.path(field);
    if (value.isMissingNode() || value.isNull()) {
      return absent;
    }
    if (!value.isValueNode()) {
      throw wrong(field, "expected a text");
    }
    return value.asText().strip();
  }

  /** A text that may begin or end in line ends, and has to be there. */
  String textAsWritten(String field) {
    String value = node.path(field).asText("");
    if (value.isEmpty()) {
      throw wrong(field, "expected a text");
    }
    return value;
  }

  public String matching(String field, String pattern, String expected) {
    String value = text(field, "");
    if (!value.matches(pattern)) {
      throw wrong(field, "expected " + expected + (value.isEmpty() ? "" : ", got '" + value + "'"));
    }
    return value;
  }

  public String pointer(String field, String absent) {
    String value = text(field, absent);
    if (!value.isEmpty() && !value.startsWith("/")) {
      throw wrong(field, "expected a JSON Pointer, which begins with '/'");
    }
    return value;
  }

  /** One pointer or several; without any the document itself. */
  public List<String> pointers(String field) {
    JsonNode value = node.path(field);
    if (value.asText().equals(CloudRequest.PartsOf.WHOLE)) {
      return List.of(CloudRequest.PartsOf.WHOLE);
    }
    if (!value.isArray()) {
      return List.of(pointer(field, ""));
    }
    List<String> pointers = new ArrayList<>();
    for (JsonNode one : value) {
      if (!one.asText().isEmpty() && !one.asText().startsWith("/")) {
        throw wrong(field, "expected JSON Pointers");
      }
      pointers.add(one.asText());
    }
    return pointers;
  }

  public Map<String, String> texts(String field) {
    Map<String, String> texts = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.path(field).properties()) {
      if (!entry.getValue().isValueNode()) {
        throw wrong(field + "/" + entry.getKey(), "expected a text");
      }
      texts.put(entry.getKey(), entry.getValue().asText());
    }
    return texts;
  }

  public boolean flag(String field, boolean absent) {
    JsonNode value = node.path(field);
    if (value.isMissingNode()) {
      return absent;
    }
    if (!value.isBoolean()) {
      throw wrong(field, "expected true or false");
    }
    return value.asBoolean();
  }

  public int count(String field, int absent) {
    JsonNode value = node.path(field);
    if (value.isMissingNode()) {
      return absent;
    }
    if (!value.isInt() || value.asInt() < 0) {
      throw wrong(field, "expected a whole number");
    }
    return value.asInt();
  }

  public Duration duration(String field, Duration absent) {
    String value = text(field, "");
    try {
      return value.isEmpty() ? absent : Duration.parse(value);
    } catch (DateTimeParseException e) {
      throw wrong(field, "expected an ISO 8601 duration such as PT5M, got '" + value + "'");
    }
  }

  public CloudDeclarationException wrong(String field, String expected) {
    return new CloudDeclarationException(file, pointer + "/" + field, expected);
  }
}
