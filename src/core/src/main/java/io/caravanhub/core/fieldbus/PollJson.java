package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.caravanhub.core.telemetry.Quality;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/** Writes a poll in the canonical shape with measurements. */
final class PollJson {
  private static final JsonFactory JSON = new JsonFactory();

  private PollJson() {}

  static byte[] write(Poll poll) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("device_id", poll.connection().device());
      json.writeStringField("timestamp", poll.at().toString());
      json.writeArrayFieldStart("measurements");
      for (Reading reading : poll.readings()) {
        write(json, reading);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Reading reading) throws IOException {
    json.writeStartObject();
    json.writeStringField("name", reading.point().metric());
    if (reading.value() instanceof Double number) {
      json.writeNumberField("value", number);
    } else if (reading.value() instanceof String text) {
      json.writeStringField("value", text);
    } else {
      json.writeNullField("value");
    }
    if (reading.point().unit() != null) {
      json.writeStringField("unit", reading.point().unit());
    }
    if (reading.quality() != Quality.GOOD) {
      json.writeStringField("quality", reading.quality().label());
    }
    if (reading.reason() != null) {
      json.writeStringField("reason", reading.reason());
    }
    json.writeEndObject();
  }
}
