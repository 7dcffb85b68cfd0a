package io.caravanhub.edge.spool;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;

/** Tells canonical messages from what devices have of their own. */
final class CanonicalShape {
  // The hub refuses deeper ones.
  private static final int DEPTH_MAX = 64;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
          .build();

  private CanonicalShape() {}

  /** Whether the body is an object of this device with a timestamp and measurements. */
  static boolean fits(String device, byte[] body) {
    if (!isPlain(body)) {
      return false;
    }
    boolean own = false;
    boolean timestamp = false;
    boolean measurements = false;
    try (JsonParser json = JSON.createParser(body)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        JsonToken value = json.nextToken();
        switch (field) {
          case "device_id" -> own = device.equals(json.getText());
          case "timestamp" -> timestamp = value.isScalarValue();
          case "measurements" -> measurements = value == JsonToken.START_ARRAY;
          default -> {}
        }
        json.skipChildren();
      }
      return own && timestamp && measurements && json.nextToken() == null;
    } catch (IOException e) {
      return false;
    }
  }

  /** In the middle of a batch UTF-16, UTF-32 and byte order marks are no JSON. */
  private static boolean isPlain(byte[] body) {
    int at = 0;
    while (at < body.length
        && (body[at] == ' ' || body[at] == '\n' || body[at] == '\r' || body[at] == '\t')) {
      at++;
    }
    return at + 1 < body.length && body[at] == '{' && body[at + 1] != 0;
  }
}
