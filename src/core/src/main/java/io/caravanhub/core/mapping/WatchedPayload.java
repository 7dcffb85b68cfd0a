package io.caravanhub.core.mapping;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A payload that remembers which of its fields were asked for. A field of an array's elements
 * counts once: {@code channels[].id}. Belongs to one thread.
 */
final class WatchedPayload {
  private static final int MOST = 200;

  private final NavigableSet<String> asked = new TreeSet<>();
  private final @Nullable Object original;

  WatchedPayload(@Nullable Object original) {
    this.original = original;
  }

  /** The payload to hand to a mapping. */
  @Nullable Object watched() {
    return watch(original, "");
  }

  /** Fields with a value that nobody asked for, nor for what they lie in as a whole; up to 200. */
  List<String> unmatched() {
    Set<String> left = new TreeSet<>();
    collect(original, "", left);
    return left.stream().limit(MOST).toList();
  }

  private @Nullable Object watch(@Nullable Object value, String path) {
    if (value instanceof Map<?, ?> map) {
      Watched copy = new Watched(path);
      map.forEach((key, child) -> copy.put(String.valueOf(key), watch(child, below(path, key))));
      return copy;
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> copy = new ArrayList<>(list.size());
      list.forEach(child -> copy.add(watch(child, path + "[]")));
      return copy;
    }
    return value;
  }

  private void collect(@Nullable Object value, String path, Set<String> left) {
    if (asked.contains(path) && !isAskedBelow(path + ".") && !isAskedBelow(path + "[")) {
      return;
    }
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      map.forEach((key, child) -> collect(child, below(path, key), left));
    } else if (value instanceof List<?> list && !list.isEmpty()) {
      list.forEach(child -> collect(child, path + "[]", left));
    } else if (!asked.contains(path)) {
      left.add(path);
    }
  }

  private boolean isAskedBelow(String start) {
    String next = asked.ceiling(start);
    return next != null && next.startsWith(start);
  }

  private static String below(String path, Object key) {
    return path.isEmpty() ? String.valueOf(key) : path + "." + key;
  }

  private final class Watched extends LinkedHashMap<String, @Nullable Object> {
    private static final long serialVersionUID = 1L;
    private final String path;

    Watched(String path) {
      this.path = path;
    }

    @Override
    public @Nullable Object get(@Nullable Object key) {
      if (key != null && containsKey(key)) {
        asked.add(below(path, key));
      }
      return super.get(key);
    }

    @Override
    public Set<Map.Entry<String, @Nullable Object>> entrySet() {
      keySet().forEach(key -> asked.add(below(path, key)));
      return super.entrySet();
    }
  }
}
