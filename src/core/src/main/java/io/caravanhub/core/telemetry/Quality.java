package io.caravanhub.core.telemetry;

/** How far a measurement can be trusted. The code is what the store keeps. */
public enum Quality {
  GOOD(0),
  SUSPECT(1),
  BAD(2);

  private final short code;

  Quality(int code) {
    this.code = (short) code;
  }

  /** The stored code: 0 good, 1 suspect, 2 bad. */
  public short code() {
    return code;
  }

  /** The name used in JSON: {@code good}, {@code suspect} or {@code bad}. */
  public String label() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** The quality with this stored code; a code nobody wrote counts as bad. */
  public static Quality ofCode(int code) {
    return code == 0 ? GOOD : code == 1 ? SUSPECT : BAD;
  }
}
