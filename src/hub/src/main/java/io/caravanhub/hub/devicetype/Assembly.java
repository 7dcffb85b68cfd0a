package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.field.FieldPath;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Puts the chunks of one message together. */
final class Assembly {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int SHOWN = 20;

  private Assembly() {}

  /**
   * The message that chunks in any order are, in JSON.
   *
   * @param chunks all of one message's, read
   * @throws UnusableMessageException when they are not of one message, or not all
   */
  static byte[] of(Chunking how, List<?> chunks) {
    Map<Integer, Chunk> inOrder = new TreeMap<>();
    Chunk first = null;
    for (Object message : chunks) {
      Chunk chunk = Chunk.read(how, message);
      first = first == null ? chunk : first;
      if (!chunk.correlationId().equals(first.correlationId()) || chunk.total() != first.total()) {
        throw new UnusableMessageException(
            how.correlationId(),
            "expected the chunks of one message, got \""
                + first.correlationId()
                + "\" and \""
                + chunk.correlationId()
                + "\"");
      }
      inOrder.putIfAbsent(chunk.sequence(), chunk);
    }
    if (first == null) {
      throw new UnusableMessageException("body", "expected chunks, got an empty array");
    }
    if (inOrder.size() < first.total()) {
      throw new UnusableMessageException(
          how.sequence(), missing(how, first, inOrder.keySet().stream().toList()));
    }
    return merge(how, List.copyOf(inOrder.values()));
  }

  /** Says which chunks of a message are not there. */
  static String missing(Chunking how, Chunk any, List<Integer> there) {
    List<Integer> absent =
        IntStream.range(0, any.total()).filter(i -> !there.contains(i)).boxed().toList();
    return there.size()
        + " of "
        + any.total()
        + " chunks of message \""
        + any.correlationId()
        + "\" are there; missing "
        + absent.stream()
            .limit(SHOWN)
            .map(i -> Integer.toString(i + how.first()))
            .collect(Collectors.joining(", "))
        + (absent.size() > SHOWN ? ", …" : "");
  }

  private static byte[] merge(Chunking how, List<Chunk> chunks) {
    FieldPath data = FieldPath.parse(how.data());
    switch (how.merge()) {
      case ARRAY -> {
        List<Object> all = new ArrayList<>();
        chunks.forEach(c -> all.addAll((List<?>) Objects.requireNonNull(data.find(c.message()))));
        return withData(how, chunks.get(0).message(), all);
      }
      case TEXT -> {
        return chunks.stream()
            .map(c -> String.valueOf(data.find(c.message())))
            .collect(Collectors.joining())
            .getBytes(StandardCharsets.UTF_8);
      }
      default -> {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (Chunk chunk : chunks) {
          try {
            bytes.writeBytes(
                Base64.getDecoder().decode(String.valueOf(data.find(chunk.message()))));
          } catch (IllegalArgumentException e) {
            throw new UnusableMessageException(how.data(), "is not base64: " + e.getMessage());
          }
        }
        return bytes.toByteArray();
      }
    }
  }

  @SuppressWarnings("unchecked") // what was read of JSON has texts for keys
  private static byte[] withData(Chunking how, Object message, List<Object> all) {
    Map<String, Object> whole = (Map<String, Object>) message;
    Map<String, Object> at = whole;
    String[] names = how.data().split("\\.", -1);
    if (!whole.containsKey(how.data())) {
      for (int i = 0; i < names.length - 1; i++) {
        at = (Map<String, Object>) Objects.requireNonNull(at.get(names[i]));
      }
      at.put(names[names.length - 1], all);
    } else {
      whole.put(how.data(), all);
    }
    try {
      return JSON.writeValueAsBytes(whole);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
