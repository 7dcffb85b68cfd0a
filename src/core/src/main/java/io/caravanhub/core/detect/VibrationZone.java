package io.caravanhub.core.detect;

/** The evaluation zones of ISO 10816-1, 5.3.1, and what to say when there is nothing to go by. */
public enum VibrationZone {
  A("as of a machine newly commissioned"),
  B("acceptable for unrestricted operation over a long time"),
  C("unsatisfactory for continuous operation over a long time"),
  D("severe enough to damage the machine"),
  NOT_ASSESSABLE("not assessable");

  private final String meaning;

  VibrationZone(String meaning) {
    this.meaning = meaning;
  }

  /** What the standard says of it, as part of a sentence. */
  public String meaning() {
    return meaning;
  }
}
