package io.caravanhub.hub.console;

import java.time.Duration;

/** How far back a device's history is shown. */
public enum Span {
  MINUTES_15("15m", "15 min", Duration.ofMinutes(15), Duration.ofSeconds(5)),
  HOUR("1h", "1 h", Duration.ofHours(1), Duration.ofSeconds(20)),
  DAY("24h", "24 h", Duration.ofHours(24), Duration.ofMinutes(6)),
  WEEK("7d", "7 d", Duration.ofDays(7), Duration.ofMinutes(45));

  private final String key;
  private final String label;
  private final Duration length;
  private final Duration step;

  Span(String key, String label, Duration length, Duration step) {
    this.key = key;
    this.label = label;
    this.length = length;
    this.step = step;
  }

  /** The span of this key; the shortest when there is none. */
  static Span of(String key) {
    for (Span span : values()) {
      if (span.key.equals(key)) {
        return span;
      }
    }
    return MINUTES_15;
  }

  /** As it stands in an address. */
  public String key() {
    return key;
  }

  /** As it stands on a button. */
  public String label() {
    return label;
  }

  Duration length() {
    return length;
  }

  Duration step() {
    return step;
  }
}
