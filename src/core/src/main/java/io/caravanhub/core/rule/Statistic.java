package io.caravanhub.core.rule;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A statistic over the readings of a window.
 *
 * @param kind which
 * @param percent of a percentile, 0 to 100
 */
public record Statistic(Kind kind, double percent) {
  private static final Pattern PERCENTILE = Pattern.compile("p(\\d{1,2}(?:\\.\\d{1,2})?|100)");

  /** Which statistic. */
  public enum Kind {
    MEAN,
    MIN,
    MAX,
    /** The largest value less the smallest. */
    RANGE,
    /** The standard deviation of a sample. */
    STDDEV,
    SUM,
    PERCENTILE
  }

  /** The statistic of this name: {@code mean}, {@code median}, {@code p95}. */
  static Optional<Statistic> named(String name) {
    Matcher percentile = PERCENTILE.matcher(name);
    if (percentile.matches()) {
      return Optional.of(new Statistic(Kind.PERCENTILE, Double.parseDouble(percentile.group(1))));
    }
    if (name.equals("median")) {
      return Optional.of(new Statistic(Kind.PERCENTILE, 50));
    }
    for (Kind kind : Kind.values()) {
      if (kind != Kind.PERCENTILE && kind.name().toLowerCase(Locale.ROOT).equals(name)) {
        return Optional.of(new Statistic(kind, 0));
      }
    }
    return Optional.empty();
  }

  boolean needsOrder() {
    return kind != Kind.MEAN && kind != Kind.STDDEV && kind != Kind.SUM;
  }

  /** Whether it is a difference of values, whose unit has no zero: of temperatures, kelvins. */
  boolean isDifference() {
    return kind == Kind.RANGE || kind == Kind.STDDEV;
  }
}
