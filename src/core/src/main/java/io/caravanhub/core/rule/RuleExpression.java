package io.caravanhub.core.rule;

import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingException;
import io.caravanhub.core.mapping.MappingSource;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A JSONata condition, compiled once and bounded as mappings are; what it takes is kept by {@link
 * ExpressionCosts}. Two of the same text are equal. Safe for any number of threads.
 */
public final class RuleExpression {
  private static final int LONGEST = 2_000;
  private static final MappingBounds BOUNDS =
      new MappingBounds(Duration.ofMillis(50), 100, 1 << 16, 20_000);

  private static final Pattern TOKEN =
      Pattern.compile(
          "/\\*.*?\\*/|\"(?:\\\\.|[^\"\\\\])*\"|'(?:\\\\.|[^'\\\\])*'|`([^`]*)`"
              + "|\\d+(?:\\.\\d+)?(?:[eE][+-]?\\d+)?|\\$\\w*|([A-Za-z_]\\w*)",
          Pattern.DOTALL);
  private static final Set<String> WORDS =
      Set.of("and", "or", "in", "true", "false", "null", "function");

  private final String text;
  private final List<String> metrics;
  private final Mapping compiled;

  private RuleExpression(String text, List<String> metrics, Mapping compiled) {
    this.text = text;
    this.metrics = metrics;
    this.compiled = compiled;
  }

  /**
   * Compiles.
   *
   * @throws IllegalArgumentException saying what is wrong with it
   */
  public static RuleExpression compile(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException("longer than " + LONGEST + " characters");
    }
    List<String> metrics = List.copyOf(names(text));
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException(
          "names no metric; expected an expression such as temperature > 90");
    }
    try {
      return new RuleExpression(
          text, metrics, Mapping.compile(new MappingSource("condition", "1", text)));
    } catch (MappingException e) {
      String place = e.line() == 0 ? "" : " at " + e.line() + ":" + e.column();
      throw new IllegalArgumentException("not a JSONata expression" + place + ": " + e.reason(), e);
    }
  }

  private static Set<String> names(String text) {
    Set<String> names = new LinkedHashSet<>();
    Matcher token = TOKEN.matcher(text);
    while (token.find()) {
      String name = token.group(1) != null ? token.group(1) : token.group(2);
      if (name != null && !WORDS.contains(name)) {
        names.add(name);
      }
    }
    return names;
  }

  /** As it was written. */
  public String text() {
    return text;
  }

  /** The metrics it names. */
  public List<String> metrics() {
    return metrics;
  }

  /** The same: where the device has none of its own, another at the asset may. */
  List<String> atAsset() {
    return metrics;
  }

  /** 1 or 0; NaN when it is neither true nor false of these values, or fails. */
  double of(Map<String, Object> values) {
    try {
      @Nullable Object said = compiled.yielded(values, Map.of(), BOUNDS);
      return said instanceof Boolean truth ? truth ? 1 : 0 : Double.NaN;
    } catch (MappingException e) {
      return Double.NaN;
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RuleExpression that && text.equals(that.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public String toString() {
    return text;
  }
}
