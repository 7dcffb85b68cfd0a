package io.caravanhub.hub.asset;

import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSONata expression over an asset's latest values, run by the engine of the mappings with
 * narrower bounds. Immutable; safe for any number of threads.
 */
final class Formula {
  static final int LONGEST = 4_000;

  /** A formula works on some dozen values; a mapping on a megabyte. */
  private static final MappingBounds BOUNDS =
      new MappingBounds(Duration.ofMillis(50), 200, 1 << 20, 100_000);

  private final Mapping mapping;

  private Formula(Mapping mapping) {
    this.mapping = mapping;
  }

  /**
   * Compiles an expression.
   *
   * @throws MappingException when it is none, with line and column
   */
  static Formula of(String name, String expression) {
    return new Formula(Mapping.compile(new MappingSource(name, "", expression)));
  }

  String text() {
    return mapping.source().content();
  }

  /**
   * The value, or null when the values that it needs are not there.
   *
   * @return a number, a text or a truth
   * @throws MappingException when it fails, passes its bounds or yields anything else
   */
  @Nullable Object value(Map<String, Object> values, Map<String, Object> bindings) {
    Object value = mapping.yielded(values, bindings, BOUNDS);
    if (value == null || value instanceof Number || value instanceof Boolean) {
      return value;
    }
    if (value instanceof String text && text.length() <= LONGEST) {
      return text;
    }
    throw new MappingException(
        mapping.source().name(),
        "yields "
            + (value instanceof List
                ? "an array"
                : value instanceof Map ? "an object" : "what cannot be stored")
            + "; expected a number, a text, true, false or nothing");
  }

  /** Of these metrics those that the expression can be about: that occur in its text. */
  List<String> named(Collection<String> metrics) {
    return metrics.stream().filter(text()::contains).toList();
  }
}
