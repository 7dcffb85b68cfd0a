package io.caravanhub.hub.rules;

/** A fact for engineers' own DRL: where it says that its condition is met. */
public final class Verdict {
  private boolean met;

  Verdict() {}

  /** The condition is met now. */
  public void meet() {
    met = true;
  }

  /** Whether it was said to be. */
  public boolean isMet() {
    return met;
  }
}
