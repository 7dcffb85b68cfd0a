package io.caravanhub.core.work;

import java.time.Duration;
import java.util.Locale;
import java.util.Set;

/**
 * What the numbers of a window come to.
 *
 * @param window its length; windows begin at its multiples since 1970 in UTC
 * @param send which statistics are sent
 * @param grace how long after its end a window waits for a later reading to close it
 */
public record Aggregate(Duration window, Set<Statistic> send, Duration grace) {

  /** A number about a window. The mean goes by the metric's own name. */
  public enum Statistic {
    MEAN,
    MIN,
    MAX,
    LAST,
    COUNT;

    /** Its name in settings and in names of metrics. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /**
     * The name it is sent by. With the window in it ({@code power_max_1m}), for {@code power_max}
     * is a metric of the catalogue and means the highest power ever.
     */
    public String metric(String metric, String window) {
      return this == MEAN ? metric : metric + "_" + label() + "_" + window;
    }
  }

  /** The window in a metric's name: {@code 1m}, {@code 90s}, {@code 2h}. */
  public String label() {
    long seconds = window.toSeconds();
    return seconds % 3600 == 0
        ? seconds / 3600 + "h"
        : seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
