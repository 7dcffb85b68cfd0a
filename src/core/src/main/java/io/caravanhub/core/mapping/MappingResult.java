package io.caravanhub.core.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a mapping may yield: a map or a list that could be written as JSON. */
final class MappingResult {
  static final String NOTHING = "yields nothing for this payload";
  private static final int DEEPEST = 64;

  private MappingResult() {}

  static Object require(@Nullable Object result) {
    if (result == null) {
      throw new IllegalArgumentException(NOTHING);
    }
    if (!(result instanceof Map) && !(result instanceof List)) {
      throw new IllegalArgumentException(
          "yields a " + kind(result) + "; expected an object or an array of objects");
    }
    requireJson(result, DEEPEST);
    return result;
  }

  /** A table's measurements followed by those of the expression, which may yield none. */
  static Object joined(Map<String, Object> table, @Nullable Object rest) {
    if (rest == null || rest instanceof List<?> list && list.isEmpty()) {
      return table;
    }
    Object result = require(rest);
    if (result instanceof Map<?, ?> map) {
      return join(table, map);
    }
    List<Object> all = new ArrayList<>();
    all.add(table);
    for (Object one : (List<?>) result) {
      if (!(one instanceof Map<?, ?> message)) {
        throw new IllegalArgumentException("yields an array; expected its elements to be objects");
      }
      Map<Object, @Nullable Object> dated = new LinkedHashMap<>(message);
      date(dated, table);
      all.add(dated);
    }
    return all;
  }

  // The expression may date the table's measurements, too.
  private static Map<Object, @Nullable Object> join(Map<String, Object> table, Map<?, ?> rest) {
    Map<Object, @Nullable Object> joined = new LinkedHashMap<>(rest);
    date(joined, table);
    List<@Nullable Object> all = new ArrayList<>();
    if (table.get("measurements") instanceof List<?> listed) {
      all.addAll(listed);
    }
    all.addAll(measurements(rest));
    joined.remove("metrics");
    joined.remove("readings");
    joined.put("measurements", all);
    return joined;
  }

  private static void date(Map<Object, @Nullable Object> message, Map<String, Object> table) {
    Object timestamp = table.get("timestamp");
    if (timestamp != null) {
      message.putIfAbsent("timestamp", timestamp);
    }
  }

  private static List<@Nullable Object> measurements(Map<?, ?> message) {
    List<@Nullable Object> all = new ArrayList<>();
    if (message.get("metrics") instanceof Map<?, ?> metrics) {
      metrics.forEach((name, value) -> all.add(named(name, value)));
    } else if (message.get("measurements") instanceof List<?> list) {
      all.addAll(list);
    } else if (message.get("readings") instanceof List<?> list) {
      for (Object reading : list) {
        all.add(reading instanceof Map<?, ?> map ? named(map.get("variable"), map) : reading);
      }
    }
    return all;
  }

  private static Map<Object, @Nullable Object> named(
      @Nullable Object name, @Nullable Object value) {
    Map<Object, @Nullable Object> measurement = new LinkedHashMap<>();
    measurement.put("name", name);
    if (value instanceof Map<?, ?> detailed) {
      measurement.putAll(detailed);
    } else {
      measurement.put("value", value);
    }
    return measurement;
  }

  private static void requireJson(@Nullable Object value, int depth) {
    if (depth == 0) {
      throw new IllegalArgumentException("yields a value nested deeper than " + DEEPEST);
    }
    if (isScalar(value)) {
      return;
    }
    if (value instanceof Map<?, ?> map) {
      for (Object child : map.values()) {
        requireJson(child, depth - 1);
      }
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        requireJson(list.get(i), depth - 1);
      }
    } else {
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
