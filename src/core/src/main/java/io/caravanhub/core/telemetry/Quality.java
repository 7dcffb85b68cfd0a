package io.caravanhub.core.telemetry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How far a measurement can be trusted. The store keeps level and reason in one number, see {@link
 * QualityReason}.
 */
public enum Quality {
  GOOD(0, "good"),
  SUSPECT(1, "suspect"),
  BAD(2, "bad");

  private static final List<Quality> ALL = List.of(values());

  private final short code;
  private final String label;

  Quality(int code, String label) {
    this.code = (short) code;
    this.label = label;
  }

  /** The stored code without a reason: 0 good, 1 suspect, 2 bad. */
  public short code() {
    return code;
  }

  /** The name used in JSON: {@code good}, {@code suspect} or {@code bad}. */
  public String label() {
    return label;
  }

  /**
   * The quality of this label, in letters of either case; null, for every record asks, when there
   * is none.
   */
  public static @Nullable Quality ofLabel(String label) {
    for (Quality quality : ALL) {
      if (quality.label.equalsIgnoreCase(label)) {
        return quality;
      }
    }
    return null;
  }

  /** The quality in a stored code: negative ones are suspect with a reason, from 2 on it is bad. */
  public static Quality ofCode(int code) {
    return code == 0 ? GOOD : code < 2 ? SUSPECT : BAD;
  }
}
