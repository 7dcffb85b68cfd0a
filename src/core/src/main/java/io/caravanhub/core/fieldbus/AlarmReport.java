package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Map;

/**
 * What a device says of its alarms: {@code {device_id, timestamp, alarms: {source, whole, active:
 * [{code, severity, message, …}], cleared: [code]}}}.
 */
record AlarmReport(FieldbusConnection connection, Instant at, Alarms alarms)
    implements DeviceMessage {
  private static final JsonFactory JSON = new JsonFactory();

  @Override
  public Instant received() {
    return at;
  }

  @Override
  public String kind() {
    return "event";
  }

  @Override
  public byte[] body() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("device_id", connection.device());
      json.writeStringField("timestamp", at.toString());
      json.writeObjectFieldStart("alarms");
      json.writeStringField("source", connection.protocol());
      json.writeBooleanField("whole", alarms.whole());
      json.writeArrayFieldStart("active");
      for (Alarm alarm : alarms.active()) {
        write(json, alarm);
      }
      json.writeEndArray();
      json.writeArrayFieldStart("cleared");
      for (String code : alarms.cleared()) {
        json.writeString(code);
      }
      json.writeEndArray();
      json.writeEndObject();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(JsonGenerator json, Alarm alarm) throws IOException {
    json.writeStartObject();
    json.writeStringField("code", alarm.code());
    json.writeStringField("severity", alarm.severity().label());
    json.writeStringField("message", alarm.message());
    for (Map.Entry<String, Object> detail : alarm.details().entrySet()) {
      json.writeObjectField(detail.getKey(), detail.getValue());
    }
    json.writeEndObject();
  }
}
