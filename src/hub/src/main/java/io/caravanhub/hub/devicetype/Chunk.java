package io.caravanhub.hub.devicetype;

import io.caravanhub.core.field.FieldPath;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A chunk of a message.
 *
 * @param sequence its place among {@code total}, from 0
 * @param message the chunk as it came, read
 */
record Chunk(String correlationId, int sequence, int total, Object message) {
  private static final int ID_MAX = 200;

  /**
   * Reads a chunk.
   *
   * @throws UnusableMessageException naming the field
   */
  static Chunk read(Chunking how, Object message) {
    if (!(message instanceof Map)) {
      throw new UnusableMessageException(
          "body", "expected an object, a chunk, got " + JsonPayload.shape(message));
    }
    String id = id(how, find(how.correlationId(), message));
    int total = count(how.total(), find(how.total(), message), 1, how.maxChunks());
    int sequence =
        count(how.sequence(), find(how.sequence(), message), how.first(), how.first() + total - 1);
    Object data = find(how.data(), message);
    boolean fits =
        how.merge() == Chunking.Merge.ARRAY ? data instanceof List : data instanceof String;
    if (!fits) {
      throw new UnusableMessageException(
          how.data(),
          "expected "
              + (how.merge() == Chunking.Merge.ARRAY ? "an array" : "a text")
              + ", got "
              + JsonPayload.shape(data));
    }
    return new Chunk(id, sequence - how.first(), total, message);
  }

  private static @Nullable Object find(String path, Object message) {
    return FieldPath.parse(path).find(message);
  }

  private static String id(Chunking how, @Nullable Object value) {
    String id = value instanceof String || value instanceof Number ? String.valueOf(value) : "";
    if (id.isBlank() || id.length() > ID_MAX || id.indexOf('\0') >= 0) {
      throw new UnusableMessageException(
          how.correlationId(),
          "expected a text or number of 1 to "
              + ID_MAX
              + " characters, got "
              + JsonPayload.shape(value));
    }
    return id;
  }

  private static int count(String path, @Nullable Object value, int least, int most) {
    if (value instanceof Integer number && number >= least && number <= most) {
      return number;
    }
    throw new UnusableMessageException(
        path,
        "expected a whole number from "
            + least
            + " to "
            + most
            + ", got "
            + JsonPayload.shape(value));
  }
}
