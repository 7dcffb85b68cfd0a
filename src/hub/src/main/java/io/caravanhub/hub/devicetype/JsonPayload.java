package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads messages as plain maps, lists and scalars. Thread-safe. */
final class JsonPayload {
  private static final int DEEPEST = 100;
  private static final ObjectReader READER =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(DEEPEST).build())
                  .build())
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build()
          .readerFor(Object.class);

  private JsonPayload() {}

  /**
   * Reads a message.
   *
   * @param field what it is called when it is no JSON
   * @throws UnusableMessageException with line and column
   */
  static Object read(byte @Nullable [] payload, String field) {
    try {
      Object read = payload == null || payload.length == 0 ? null : READER.readValue(payload);
      if (read == null) {
        throw new UnusableMessageException(field, "expected JSON, got nothing");
      }
      return read;
    } catch (JsonProcessingException e) {
      String place =
          e.getLocation() == null
              ? ""
              : " (line "
                  + e.getLocation().getLineNr()
                  + ", column "
                  + e.getLocation().getColumnNr()
                  + ")";
      throw new UnusableMessageException(
          field, "is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse("") + place);
    } catch (IOException e) {
      throw new UnusableMessageException(field, "cannot be read: " + e.getMessage());
    }
  }

  /** Says in few words what came instead of what was expected. */
  static String shape(@Nullable Object value) {
    if (value == null) {
      return "nothing";
    }
    if (value instanceof java.util.Map) {
      return "an object";
    }
    if (value instanceof java.util.List) {
      return "an array";
    }
    String text = String.valueOf(value);
    String shown = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return value instanceof String ? '"' + shown + '"' : shown;
  }
}
