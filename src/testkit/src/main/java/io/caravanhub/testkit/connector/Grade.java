package io.caravanhub.testkit.connector;

import java.util.List;
import java.util.Locale;

/** How good a connector is, by the scale in docs/CONNECTORS.md. */
public enum Grade {
  NONE,
  BRONZE,
  SILVER,
  GOLD,
  PLATINUM;

  /** The highest grade all of whose checks, and all of those below, were passed. */
  public static Grade of(List<Finding> findings) {
    Grade best = NONE;
    for (Grade grade : values()) {
      if (grade == NONE) {
        continue;
      }
      if (findings.stream().anyMatch(f -> f.grade() == grade && !f.passed())) {
        return best;
      }
      best = grade;
    }
    return best;
  }

  /** The name in reports: {@code gold}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
