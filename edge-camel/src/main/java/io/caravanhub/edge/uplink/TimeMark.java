package io.caravanhub.edge.uplink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Corrects the timestamps of a canonical message (its own, those of its measurements, the onset of
 * an event) by the clock's offset, and marks it with {@code metadata.clock}. All other bytes stay
 * as they are. A message that is marked already stays as it is.
 */
final class TimeMark {
  private static final JsonFactory JSON = new JsonFactory();

  private record Edit(int from, int to, byte[] text) {}

  private final byte[] body;
  private final @Nullable Long offset;
  private final List<Edit> edits = new ArrayList<>();
  private boolean marked;
  private boolean dated;

  /** Whoever marked it has corrected it. */
  private boolean already;

  private TimeMark(byte[] body, @Nullable Long offset) {
    this.body = body;
    this.offset = offset;
  }

  /**
   * The message with the hub's time.
   *
   * @param received when the gateway took it; becomes the timestamp of a message without one
   * @param offset milliseconds to add, null when they are not known
   * @return the body itself when it is not an object
   */
  static byte[] apply(byte[] body, long received, @Nullable Long offset) {
    try (JsonParser json = JSON.createParser(body)) {
      TimeMark mark = new TimeMark(body, offset);
      return mark.read(json, received) ? mark.result() : body;
    } catch (IOException e) {
      return body;
    }
  }

  private boolean read(JsonParser json, long received) throws IOException {
    if (json.nextToken() != JsonToken.START_OBJECT) {
      return false;
    }
    int first = (int) json.currentTokenLocation().getByteOffset() + 1;
    boolean any = false;
    while (json.nextToken() == JsonToken.FIELD_NAME && !already) {
      any = true;
      String field = json.currentName();
      JsonToken value = json.nextToken();
      switch (field) {
        case "timestamp" -> timestamp(json, value, received);
        case "onset" -> correct(json);
        case "measurements" -> measurements(json, value);
        case "metadata" -> metadata(json, value);
        default -> json.skipChildren();
      }
    }
    List<String> missing = new ArrayList<>();
    if (!dated) {
      missing.add("\"timestamp\":\"" + at(received) + "\"");
    }
    if (!marked) {
      missing.add("\"metadata\":{" + clock() + "}");
    }
    if (!missing.isEmpty()) {
      edits.add(0, new Edit(first, first, bytes(String.join(",", missing) + (any ? "," : ""))));
    }
    return !already;
  }

  private Instant at(long received) {
    return Instant.ofEpochMilli(received + (offset == null ? 0 : offset));
  }

  private void timestamp(JsonParser json, JsonToken value, long received) throws IOException {
    dated = true;
    if (value != JsonToken.VALUE_NULL) {
      correct(json);
      return;
    }
    int from = (int) json.currentTokenLocation().getByteOffset();
    edits.add(new Edit(from, from + "null".length(), bytes("\"" + at(received) + "\"")));
  }

  private String clock() {
    return "\"clock\":{\"offset_ms\":" + offset + "}";
  }

  private void correct(JsonParser json) throws IOException {
    if (offset == null || offset == 0 || json.currentToken() != JsonToken.VALUE_STRING) {
      json.skipChildren();
      return;
    }
    int from = (int) json.currentTokenLocation().getByteOffset();
    Instant said = instant(json.getText());
    int to = (int) json.currentLocation().getByteOffset();
    if (said != null) {
      edits.add(new Edit(from, to, bytes("\"" + said.plusMillis(offset) + "\"")));
    }
  }

  private static @Nullable Instant instant(String text) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      return null;
    }
  }

  private void measurements(JsonParser json, JsonToken value) throws IOException {
    if (value != JsonToken.START_ARRAY) {
      json.skipChildren();
      return;
    }
    while (json.nextToken() != JsonToken.END_ARRAY) {
      if (json.currentToken() != JsonToken.START_OBJECT) {
        json.skipChildren();
        continue;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        boolean time = json.currentName().equals("timestamp");
        json.nextToken();
        if (time) {
          correct(json);
        } else {
          json.skipChildren();
        }
      }
    }
  }

  private void metadata(JsonParser json, JsonToken value) throws IOException {
    if (value != JsonToken.START_OBJECT) {
      json.skipChildren();
      return;
    }
    int inside = (int) json.currentTokenLocation().getByteOffset() + 1;
    boolean any = false;
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      any = true;
      if (json.currentName().equals("clock")) {
        already = true;
        return;
      }
      json.nextToken();
      json.skipChildren();
    }
    edits.add(new Edit(inside, inside, bytes(clock() + (any ? "," : ""))));
    marked = true;
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private byte[] result() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(body.length + 64);
    int at = 0;
    for (Edit edit : edits) {
      out.write(body, at, edit.from() - at);
      out.writeBytes(edit.text());
      at = edit.to();
    }
    out.write(body, at, body.length - at);
    return out.toByteArray();
  }
}
