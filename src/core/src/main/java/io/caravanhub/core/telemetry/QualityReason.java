package io.caravanhub.core.telemetry;

import org.jspecify.annotations.Nullable;

/**
 * Why a measurement is not good, and how level and reason go into one stored number: 0 is good;
 * below 0 and 1 are suspect; 2 and above are bad. So {@code quality = 0} asks for good values and
 * {@code quality < 2} for those that are not bad, whatever the reason.
 *
 * <pre>
 *            no reason  range  stuck  future  old  unit  rate  not read  device
 *  suspect       1       -1     -2     -3     -4    -5    -6      -7       -8
 *  bad           2        3      4      5      6     7     8       9       10
 * </pre>
 */
public enum QualityReason {
  /** Outside the metric's plausible range. */
  RANGE("range"),
  /** Has not moved for longer, or more often, than the metric allows. */
  STUCK("stuck"),
  /** Its time lies ahead of the hub's clock. */
  FUTURE("future"),
  /** It came later than the metric tolerates. */
  OLD("old"),
  /** It came with a unit, and its metric has none to convert to. */
  UNIT("unit"),
  /** Changed faster than the metric can. */
  RATE("rate"),
  /** There was no value to read. */
  NOT_READ("not read"),
  /** The device, or the driver that polls it, said so. */
  DEVICE("device");

  private final String label;

  QualityReason(String label) {
    this.label = label;
  }

  /** The word used in JSON and in {@link Measurement#reason()}. */
  public String label() {
    return label;
  }

  /** The label with what it is about: {@code unit: unknown unit "furlong"}. */
  public String with(String detail) {
    return label + ": " + detail;
  }

  /** The reason with this label, alone or before a colon; any other text is the device's own. */
  public static @Nullable QualityReason of(@Nullable String reason) {
    if (reason == null || reason.isEmpty()) {
      return null;
    }
    for (QualityReason known : values()) {
      if (reason.startsWith(known.label)
          && (reason.length() == known.label.length()
              || reason.charAt(known.label.length()) == ':')) {
        return known;
      }
    }
    return DEVICE;
  }

  /** The stored number of a quality and its reason. */
  public static short code(Quality quality, @Nullable String reason) {
    if (quality == Quality.GOOD) {
      return 0;
    }
    QualityReason why = of(reason);
    if (why == null) {
      return quality.code();
    }
    return (short) (quality == Quality.SUSPECT ? -1 - why.ordinal() : 3 + why.ordinal());
  }

  /** The reason in a stored number, or null when it has none. */
  public static @Nullable QualityReason ofCode(int code) {
    int ordinal = code < 0 ? -code - 1 : code - 3;
    QualityReason[] all = values();
    return ordinal >= 0 && ordinal < all.length ? all[ordinal] : null;
  }
}
