package io.caravanhub.edge.rule;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a rule notices as the hub takes it: rule, device and onset name the event, however
 * often it is told.
 */
final class EventJson {
  private static final JsonFactory JSON = new JsonFactory();

  private EventJson() {}

  static byte[] write(Detection detection) {
    Rule rule = detection.rule();
    RuleOutcome outcome = rule.outcome();
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("rule", rule.id());
      json.writeStringField("type", outcome.type().label());
      json.writeStringField("title", rule.description().isEmpty() ? rule.id() : rule.description());
      json.writeStringField("severity", outcome.severity().label());
      json.writeStringField("family", outcome.family());
      json.writeStringField("device_id", detection.device().serial());
      text(json, "metric", detection.finding().metric());
      number(json, "value", detection.value());
      text(json, "unit", detection.unit());
      number(json, "threshold", detection.threshold());
      json.writeStringField("timestamp", detection.at().toString());
      json.writeStringField("onset", detection.onset().toString());
      json.writeStringField(
          "state", detection.kind() == Detection.Kind.CLEAR ? "cleared" : "raised");
      json.writeBooleanField("escalated", detection.kind() == Detection.Kind.ESCALATE);
      json.writeStringField("message", detection.message());
      text(json, "action", outcome.action().isEmpty() ? null : outcome.action());
      text(json, "failure_mode", outcome.failureMode());
      json.writeArrayFieldStart("parts");
      for (RuleOutcome.Part part : outcome.parts()) {
        json.writeStartObject();
        json.writeStringField("number", part.number());
        json.writeStringField("name", part.name());
        json.writeNumberField("quantity", part.quantity());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void text(JsonGenerator json, String name, @Nullable String text)
      throws IOException {
    if (text != null) {
      json.writeStringField(name, text);
    }
  }

  private static void number(JsonGenerator json, String name, double number) throws IOException {
    if (Double.isFinite(number)) {
      json.writeNumberField(name, number);
    }
  }
}
