package io.caravanhub.hub.telemetry;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says in few words what came instead of what was expected. */
final class Shape {
  private static final int SHOWN = 40;

  private Shape() {}

  static String of(@Nullable Object value) {
    if (value == null) {
      return "nothing";
    }
    if (value instanceof Map) {
      return "an object";
    }
    if (value instanceof List) {
      return "an array";
    }
    String text = String.valueOf(value);
    String shown = text.length() > SHOWN ? text.substring(0, SHOWN) + "…" : text;
    return value instanceof String ? '"' + shown + '"' : shown;
  }
}
