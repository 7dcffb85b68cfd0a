package io.caravanhub.hub.kafka;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@link Telemetry} as the value of a record of {@code hub.normalized}: the JSON that
 * normalized.schema.json describes. Fields that a later version adds are passed over. Thread-safe.
 */
final class TelemetryJson {
  private static final JsonFactory JSON = new JsonFactory();

  // What the hub itself writes is well within these.
  private static final int NAME_MAX = 600;
  private static final int TEXT_MAX = 8_000;
  private static final Instant EARLIEST = Instant.EPOCH;
  private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

  private TelemetryJson() {}

  static byte[] write(Telemetry telemetry) {
    ByteArrayOutputStream bytes =
        new ByteArrayOutputStream(128 + 96 * telemetry.measurements().size());
    try (JsonGenerator out = JSON.createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("tenant", telemetry.tenant());
      out.writeStringField("device", telemetry.device());
      out.writeStringField("source", telemetry.source());
      if (telemetry.mapping() != 0) {
        out.writeNumberField("mapping", telemetry.mapping());
      }
      out.writeArrayFieldStart("measurements");
      Times times = new Times();
      for (Measurement measurement : telemetry.measurements()) {
        write(measurement, times, out);
      }
      out.writeEndArray();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(Measurement measurement, Times times, JsonGenerator out)
      throws IOException {
    out.writeStartObject();
    out.writeStringField("metric", measurement.metric());
    out.writeStringField("ts", times.text(measurement.ts()));
    if (measurement.text() != null) {
      out.writeStringField("text", measurement.text());
    } else if (!Double.isNaN(measurement.value())) {
      out.writeNumberField("value", measurement.value());
    }
    if (measurement.unit() != null) {
      out.writeStringField("unit", measurement.unit());
    }
    out.writeStringField("quality", measurement.quality().label());
    if (measurement.reason() != null) {
      out.writeStringField("reason", measurement.reason());
    }
    out.writeEndObject();
  }

  /**
   * Reads a value.
   *
   * @throws UnusableMessageException naming the field that is wrong
   */
  static Telemetry read(byte @Nullable [] value) {
    if (value == null) {
      throw new UnusableMessageException("body", "is empty");
    }
    try (JsonParser in = JSON.createParser(value)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        throw new UnusableMessageException("body", "expected a JSON object");
      }
      String tenant = null;
      String device = null;
      String source = "unknown";
      int mapping = 0;
      List<Measurement> measurements = new ArrayList<>();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String field = in.currentName();
        in.nextToken();
        switch (field) {
          case "tenant" -> tenant = name(in, field);
          case "device" -> device = name(in, field);
          case "source" -> source = name(in, field);
          case "mapping" -> mapping = in.getIntValue();
          case "measurements" -> measurements(in, measurements);
          default -> in.skipChildren();
        }
      }
      if (measurements.isEmpty()) {
        throw new UnusableMessageException("measurements", "expected at least one");
      }
      return new Telemetry(
          present(tenant, "tenant"), present(device, "device"), source, mapping, measurements);
    } catch (IOException e) {
      throw new UnusableMessageException(
          "body",
          "is not JSON of the schema: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private static void measurements(JsonParser in, List<Measurement> into) throws IOException {
    if (in.currentToken() != JsonToken.START_ARRAY) {
      throw new UnusableMessageException("measurements", "expected an array");
    }
    Times times = new Times();
    while (in.nextToken() == JsonToken.START_OBJECT) {
      try {
        into.add(measurement(in, times));
      } catch (UnusableMessageException e) {
        throw new UnusableMessageException(
            "measurements[" + into.size() + "]." + e.field(), e.reason());
      }
    }
    if (in.currentToken() != JsonToken.END_ARRAY) {
      throw new UnusableMessageException("measurements[" + into.size() + "]", "expected an object");
    }
  }

  private static Measurement measurement(JsonParser in, Times times) throws IOException {
    String metric = null;
    Instant ts = null;
    double value = Double.NaN;
    String text = null;
    String unit = null;
    Quality quality = Quality.GOOD;
    String reason = null;
    while (in.nextToken() == JsonToken.FIELD_NAME) {
      String field = in.currentName();
      in.nextToken();
      switch (field) {
        case "metric" -> metric = name(in, field);
        case "ts" -> ts = times.instant(present(name(in, field), field), field);
        case "value" -> value = in.getDoubleValue();
        case "text" -> text = text(in, field, TEXT_MAX);
        case "unit" -> unit = name(in, field);
        case "quality" -> quality = quality(name(in, field), field);
        case "reason" -> reason = name(in, field);
        default -> in.skipChildren();
      }
    }
    if (ts == null) {
      throw new UnusableMessageException("ts", "absent");
    }
    return new Measurement(present(metric, "metric"), ts, value, text, unit, quality, reason);
  }

  private static String name(JsonParser in, String field) throws IOException {
    return text(in, field, NAME_MAX);
  }

  private static String text(JsonParser in, String field, int most) throws IOException {
    if (in.currentToken() != JsonToken.VALUE_STRING) {
      throw new UnusableMessageException(field, "expected a text");
    }
    String text = in.getText();
    if (text.length() > most || text.indexOf('\0') >= 0) {
      throw new UnusableMessageException(
          field, "expected at most " + most + " characters, none of them NUL");
    }
    return text;
  }

  private static String present(@Nullable String text, String field) {
    if (text == null || text.isEmpty()) {
      throw new UnusableMessageException(field, "absent");
    }
    return text;
  }

  private static Quality quality(String text, String field) {
    Quality quality = Quality.ofLabel(text);
    if (quality == null) {
      throw new UnusableMessageException(field, "expected good, suspect or bad");
    }
    return quality;
  }

  /** The last time of a message is mostly that of the next measurement too. */
  private static final class Times {
    private String text = "";
    private Instant ts = Instant.MIN;

    String text(Instant of) {
      if (!of.equals(ts)) {
        text = of.toString();
        ts = of;
      }
      return text;
    }

    Instant instant(String of, String field) {
      if (!of.equals(text)) {
        ts = parse(of, field);
        text = of;
      }
      return ts;
    }

    private static Instant parse(String text, String field) {
      try {
        Instant ts = Instant.parse(text);
        if (ts.isBefore(EARLIEST) || !ts.isBefore(LATEST)) {
          throw new UnusableMessageException(
              field, "expected a time from " + EARLIEST + " and before " + LATEST);
        }
        return ts;
      } catch (DateTimeException e) {
        throw new UnusableMessageException(field, "expected a time such as 2026-01-31T08:00:00Z");
      }
    }
  }
}
