package io.caravanhub.hub.console;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How a device does, told by a dot and by a word. */
public enum Health {
  FAULT("Fault", "fault"),
  SILENT("Silent", "silent"),
  ATTENTION("Attention", "attention"),
  WAITING("No data yet", "waiting"),
  HEALTHY("Healthy", "healthy");

  private final String label;
  private final String css;

  Health(String label, String css) {
    this.label = label;
    this.css = css;
  }

  /**
   * @param lastSeen when the device last spoke, or null
   * @param worst rank of the worst open event (see {@link Severity}), 0 when there is none
   */
  static Health of(@Nullable Instant lastSeen, int worst, Duration silentAfter) {
    if (lastSeen == null) {
      return WAITING;
    }
    if (lastSeen.isBefore(Instant.now().minus(silentAfter))) {
      return SILENT;
    }
    return worst >= Severity.HIGH.rank() ? FAULT : worst > 0 ? ATTENTION : HEALTHY;
  }

  /** The word. */
  public String label() {
    return label;
  }

  /** Suffix of the style class. */
  public String css() {
    return css;
  }
}
