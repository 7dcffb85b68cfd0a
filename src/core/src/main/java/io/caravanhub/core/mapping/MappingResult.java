package io.caravanhub.core.mapping;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a mapping may yield: a map or a list that could be written as JSON. */
final class MappingResult {
  private static final int DEEPEST = 64;

  private MappingResult() {}

  static Object require(@Nullable Object result) {
    if (result == null) {
      throw new IllegalArgumentException(
          "yields nothing for this payload; to drop a message on purpose, yield []");
    }
    if (!(result instanceof Map) && !(result instanceof List)) {
      throw new IllegalArgumentException(
          "yields a " + kind(result) + "; expected an object or an array of objects");
    }
    requireJson(result, DEEPEST);
    return result;
  }

  private static void requireJson(@Nullable Object value, int depth) {
    if (depth == 0) {
      throw new IllegalArgumentException("yields a value nested deeper than " + DEEPEST);
    }
    if (value instanceof Map<?, ?> map) {
      for (Object child : map.values()) {
        requireJson(child, depth - 1);
      }
    } else if (value instanceof List<?> list) {
      for (Object child : list) {
        requireJson(child, depth - 1);
      }
    } else if (!isScalar(value)) {
      throw new IllegalArgumentException("yields a function in its result");
    }
  }

  private static boolean isScalar(@Nullable Object value) {
    return value == null
        || value instanceof String
        || value instanceof Number
        || value instanceof Boolean;
  }

  private static String kind(Object value) {
    return value instanceof String
        ? "string"
        : value instanceof Number ? "number" : value instanceof Boolean ? "boolean" : "function";
  }
}
