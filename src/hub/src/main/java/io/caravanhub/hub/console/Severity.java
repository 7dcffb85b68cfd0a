package io.caravanhub.hub.console;

import java.util.Locale;

/** Severity of an event. */
public enum Severity {
  LOW,
  MEDIUM,
  HIGH,
  CRITICAL;

  static final String RANK_SQL =
      "case %s when 'critical' then 4 when 'high' then 3 when 'medium' then 2 else 1 end";

  /** 1 for low to 4 for critical. */
  public int rank() {
    return ordinal() + 1;
  }

  /** The stored word, also the suffix of the style class. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Severity of(String word) {
    return valueOf(word.toUpperCase(Locale.ROOT));
  }
}
