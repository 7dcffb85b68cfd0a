package io.caravanhub.core.mapping;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Looks at what a mapping yielded for what can only be a mistake of the mapping, each with a reason
 * of its own: no metric at all, one object where a list was meant, a metric twice at one time. What
 * is in none of the canonical shapes is not looked at. Belongs to one thread.
 */
final class MappingOutcome {
  static final String NO_METRICS = "yields no metrics for this payload";
  private static final int SHOWN = 12;

  private final Map<@Nullable Object, Set<@Nullable Object>> seen = new HashMap<>(4);
  private @Nullable Object latestTime;
  private @Nullable Set<@Nullable Object> atLatestTime;
  private boolean canonical;
  private int metrics;

  private MappingOutcome() {}

  /**
   * Checks a result.
   *
   * @param input the payload, whose fields the reason names when there is no metric
   * @throws OutcomeException naming the field
   */
  static void check(Object result, @Nullable Object input) {
    MappingOutcome outcome = new MappingOutcome();
    if (result instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        outcome.message(list.get(i), "[" + i + "].");
      }
    } else {
      outcome.message(result, "");
    }
    if (outcome.canonical && outcome.metrics == 0) {
      throw new OutcomeException("measurements", NO_METRICS + ", which has " + fields(input));
    }
  }

  private void message(@Nullable Object message, String at) {
    if (!(message instanceof Map<?, ?> map)) {
      return;
    }
    Object time = map.get("timestamp");
    if (map.get("metrics") instanceof Map<?, ?> named) {
      canonical = true;
      metrics += named.size();
      named.keySet().forEach(name -> note(name, time, at + "metrics." + name));
    } else if (map.containsKey("measurements")) {
      list(map.get("measurements"), "name", time, at + "measurements");
    } else if (map.containsKey("readings")) {
      list(map.get("readings"), "variable", time, at + "readings");
    }
  }

  private void list(@Nullable Object value, String name, @Nullable Object time, String at) {
    canonical = true;
    if (value instanceof Map) {
      throw new OutcomeException(
          at, "expected an array, got an object; an expression that yields one element ends in []");
    }
    if (value instanceof List<?> list) {
      metrics += list.size();
      for (int i = 0; i < list.size(); i++) {
        if (list.get(i) instanceof Map<?, ?> item) {
          Object own = item.get("timestamp");
          note(item.get(name), own == null ? time : own, at, i, name);
        }
      }
    }
  }

  private void note(
      @Nullable Object name, @Nullable Object time, String at, int index, String field) {
    if (!isNew(name, time)) {
      throw twice(name, at + "[" + index + "]." + field);
    }
  }

  private void note(@Nullable Object name, @Nullable Object time, String field) {
    if (!isNew(name, time)) {
      throw twice(name, field);
    }
  }

  // Most measurements of a message are of one time.
  private boolean isNew(@Nullable Object name, @Nullable Object time) {
    Set<@Nullable Object> names = atLatestTime;
    if (names == null || time != latestTime) {
      names = seen.computeIfAbsent(time, t -> new HashSet<>());
      latestTime = time;
      atLatestTime = names;
    }
    return names.add(name);
  }

  private static OutcomeException twice(@Nullable Object name, String field) {
    return new OutcomeException(
        field, "duplicate metric: \"" + name + "\" is there a second time for the same time");
  }

  private static String fields(@Nullable Object input) {
    Object first = input instanceof List<?> list && !list.isEmpty() ? list.get(0) : input;
    if (!(first instanceof Map<?, ?> map)) {
      return first instanceof List ? "an empty array" : "no fields";
    }
    StringBuilder text = new StringBuilder(first == input ? "" : "elements with ");
    int shown = 0;
    for (Object name : map.keySet()) {
      if (++shown > SHOWN) {
        return text.append(" …").toString();
      }
      text.append(shown == 1 ? "" : ", ").append(name);
    }
    return shown == 0 ? "no fields" : text.toString();
  }

  /** The mistake, to become a {@link MappingException}. */
  static final class OutcomeException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String field;

    OutcomeException(String field, String reason) {
      super(reason, null, false, false);
      this.field = field;
    }

    String field() {
      return field;
    }
  }
}
