package io.caravanhub.hub.devicetype;

import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Splits a message into the parts of its virtual devices. */
final class Splitter {
  /** Parts of one message. */
  static final int MOST = 5_000;

  /** A message of thousands of parts may take longer than that of one device. */
  static final MappingBounds BOUNDS =
      new MappingBounds(Duration.ofSeconds(1), 300, 16 << 20, 4_000_000);

  private Splitter() {}

  /**
   * A part of a message.
   *
   * @param index its place, from 0
   * @param id the id that it names, or null when it names none that can be one
   * @param body what is in it
   */
  record Part(int index, @Nullable String id, Object body) {
    /** What it is called in errors. */
    String place() {
      return "parts[" + index + "]";
    }
  }

  /**
   * Splits.
   *
   * @param whole a message, read
   * @throws MappingException when the expression fails
   * @throws UnusableMessageException when it yields no parts
   */
  static List<Part> split(Profile profile, Object whole, Map<String, Object> bindings) {
    Object yielded =
        profile.split() == null ? whole : profile.split().yielded(whole, bindings, BOUNDS);
    return parts(profile, yielded);
  }

  /** Parts that were split before. */
  static List<Part> parts(Profile profile, @Nullable Object yielded) {
    List<?> list = yielded instanceof Map<?, ?> one ? List.of(one) : asList(profile, yielded);
    if (list.isEmpty() || list.size() > MOST) {
      throw new UnusableMessageException(
          "parts",
          "expected 1 to "
              + MOST
              + " parts, got "
              + list.size()
              + (profile.split() == null ? "" : " of demultiplexing.split"));
    }
    List<Part> parts = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      Object body = list.get(i);
      if (!(body instanceof Map)) {
        throw new UnusableMessageException(
            "parts[" + i + "]", "expected an object, got " + JsonPayload.shape(body));
      }
      parts.add(new Part(i, id(Objects.requireNonNull(profile.id()).find(body)), body));
    }
    return parts;
  }

  private static List<?> asList(Profile profile, @Nullable Object yielded) {
    if (yielded instanceof List<?> list) {
      return list;
    }
    throw new UnusableMessageException(
        "parts",
        profile.split() == null
            ? "expected an array of objects, got "
                + JsonPayload.shape(yielded)
                + "; demultiplexing.split says how to split another message"
            : "demultiplexing.split yields "
                + JsonPayload.shape(yielded)
                + "; expected an array of objects");
  }

  private static @Nullable String id(@Nullable Object value) {
    if (value instanceof String text) {
      return VirtualDevices.isId(text) ? text : null;
    }
    return value instanceof Integer || value instanceof Long ? value.toString() : null;
  }
}
