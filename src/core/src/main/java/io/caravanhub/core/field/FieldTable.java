package io.caravanhub.core.field;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A mapping as a table: fields of the payload and the metrics they are. Its cost is a look-up or
 * two a line; only {@code [id=x]} goes through a list, and through so many elements in all as
 * {@link FieldPath} allows. Immutable and safe for any number of threads.
 */
public final class FieldTable {
  private final @Nullable TimeField time;
  private final List<FieldRule> rules;

  FieldTable(@Nullable TimeField time, List<FieldRule> rules) {
    this.time = time;
    this.rules = List.copyOf(rules);
  }

  /**
   * Reads a table in YAML or JSON.
   *
   * @throws FieldTableException naming line and field
   */
  public static FieldTable read(String content) {
    return new FieldTableReader(content).read();
  }

  /**
   * What the table makes of a payload: {@code {timestamp, measurements}}, the list empty when the
   * payload has none of the fields.
   *
   * @param payload plain maps, lists and scalars; not changed
   * @throws IllegalArgumentException naming the field whose value cannot be used
   */
  public Map<String, Object> apply(@Nullable Object payload) {
    Map<String, Object> result = new LinkedHashMap<>(4);
    Object timestamp = time == null ? null : time.apply(payload);
    if (timestamp != null) {
      result.put("timestamp", timestamp);
    }
    List<Object> measurements = new ArrayList<>(rules.size());
    for (FieldRule rule : rules) {
      Map<String, Object> measurement = rule.apply(payload);
      if (measurement != null) {
        measurements.add(measurement);
      }
    }
    result.put("measurements", measurements);
    return result;
  }

  /** How many lines it has. */
  public int size() {
    return rules.size();
  }

  /** The metrics it can yield. */
  public Set<String> metrics() {
    return rules.stream().map(FieldRule::metric).collect(Collectors.toUnmodifiableSet());
  }
}
