package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.NodePath;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.api.ProblemException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A JSON Schema that messages are held to (draft 2020-12 unless it says another). It refers to
 * nothing outside itself, and its patterns read under a limit. Immutable and thread-safe.
 */
final class MessageSchema {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BYTES_MAX = 256 * 1024;
  private static final List<String> REFERENCES = List.of("$ref", "$dynamicRef", "$recursiveRef");
  private static final SchemaRegistryConfig CONFIG =
      SchemaRegistryConfig.builder()
          .locale(Locale.ENGLISH)
          .preloadSchema(true)
          .regularExpressionFactory(BoundedPattern::compile)
          .build();

  private final Schema schema;

  private MessageSchema(Schema schema) {
    this.schema = schema;
  }

  /**
   * Compiles a schema.
   *
   * @throws ProblemException 400 naming the place in it that cannot be used
   */
  static MessageSchema compile(JsonNode schema) {
    if (schema.toString().length() > BYTES_MAX) {
      throw ProblemException.badField("message_schema", "longer than " + BYTES_MAX + " characters");
    }
    refuseReferences(schema, "message_schema");
    SpecificationVersion version = version(schema);
    SchemaRegistry registry =
        SchemaRegistry.withDefaultDialect(version, builder -> builder.schemaRegistryConfig(CONFIG));
    try {
      List<Error> errors =
          registry.getSchema(SchemaLocation.of(version.getDialectId())).validate(schema);
      if (!errors.isEmpty()) {
        String place = place(errors.get(0));
        throw ProblemException.badField(
            "message_schema" + (place.isEmpty() ? "" : "." + place), errors.get(0).getMessage());
      }
      Schema compiled = registry.getSchema(schema);
      compiled.initializeValidators();
      compiled.validate(JSON.createObjectNode());
      return new MessageSchema(compiled);
    } catch (StackOverflowError | BoundedPattern.TooLongException e) {
      throw ProblemException.badField(
          "message_schema", "cannot be used: a reference or a pattern of it goes on without end");
    } catch (SchemaException | IllegalArgumentException e) {
      throw ProblemException.badField(
          "message_schema",
          "cannot be used: " + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private static SpecificationVersion version(JsonNode schema) {
    JsonNode named = schema.path("$schema");
    if (named.isMissingNode()) {
      return SpecificationVersion.DRAFT_2020_12;
    }
    return SpecificationVersion.fromDialectId(named.asText())
        .orElseThrow(
            () ->
                ProblemException.badField(
                    "message_schema.$schema",
                    "expected a draft of JSON Schema such as https://json-schema.org/draft/2020-12/schema"));
  }

  private static void refuseReferences(JsonNode node, String at) {
    for (Map.Entry<String, JsonNode> child : node.properties()) {
      if (REFERENCES.contains(child.getKey())
          && child.getValue().isTextual()
          && !child.getValue().asText().startsWith("#")) {
        throw ProblemException.badField(
            at + "." + child.getKey(), "expected a reference within the schema, such as #/$defs/x");
      }
      refuseReferences(child.getValue(), at + "." + child.getKey());
    }
    if (node.isArray()) {
      for (int i = 0; i < node.size(); i++) {
        refuseReferences(node.get(i), at + "[" + i + "]");
      }
    }
  }

  /**
   * Checks a message.
   *
   * @param message plain maps, lists and scalars
   * @param at what the message is called; may be empty
   * @throws UnusableMessageException naming the first field that is not as it should be
   */
  void check(Object message, String at) {
    List<Error> errors;
    try {
      errors = schema.validate(JSON.<JsonNode>valueToTree(message));
    } catch (BoundedPattern.TooLongException e) {
      throw new UnusableMessageException(
          at.isEmpty() ? "body" : at, "message_schema: " + e.getMessage());
    } catch (StackOverflowError e) {
      // Groups that repeat recurse, and so do references; the thread is whole again here.
      throw new UnusableMessageException(
          at.isEmpty() ? "body" : at,
          "message_schema: a pattern or a reference goes too deep for this message");
    }
    if (errors.isEmpty()) {
      return;
    }
    Error first = errors.get(0);
    String place = place(first);
    String field = at.isEmpty() || place.isEmpty() ? at + place : at + "." + place;
    throw new UnusableMessageException(
        field.isEmpty() ? "body" : field,
        "message_schema: "
            + first.getMessage()
            + (errors.size() > 1 ? "; and " + (errors.size() - 1) + " more" : ""));
  }

  /** Where it is, with the property that is missing or too much. */
  private static String place(Error error) {
    StringBuilder place = new StringBuilder();
    NodePath path = error.getInstanceLocation();
    for (int i = 0; i < path.getNameCount(); i++) {
      Object element = path.getElement(i);
      if (element instanceof Integer index) {
        place.append('[').append(index).append(']');
      } else {
        place.append(place.isEmpty() ? "" : ".").append(element);
      }
    }
    if (error.getProperty() != null) {
      place.append(place.isEmpty() ? "" : ".").append(error.getProperty());
    }
    return place.toString();
  }
}
