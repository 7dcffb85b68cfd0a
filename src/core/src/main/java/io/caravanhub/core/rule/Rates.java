package io.caravanhub.core.rule;

import java.time.Duration;
import java.util.Map;

/** How rates of change are written. */
final class Rates {
  private static final Map<Duration, String> SUFFIXES =
      Map.of(
          Duration.ofSeconds(1), "/s",
          Duration.ofMinutes(1), "/min",
          Duration.ofHours(1), "/h",
          Duration.ofDays(1), "/d");

  private Rates() {}

  static String suffix(Duration per) {
    return SUFFIXES.getOrDefault(per, "/(" + per.toSeconds() + " s)");
  }
}
