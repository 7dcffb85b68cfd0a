package io.caravanhub.hub.rules;

/**
 * A fact: the number of one term of one rule for one device at one moment. Public because the
 * generated rules read it.
 */
public final class Sample {
  private final int rule;
  private final int part;
  private final boolean active;
  private final double number;
  private boolean met;
  private boolean inContext;

  Sample(int rule, int part, boolean active, double number) {
    this.rule = rule;
    this.part = part;
    this.active = active;
    this.number = number;
  }

  /** Index of the rule in its program. */
  public int getRule() {
    return rule;
  }

  /** 0 for {@code when}, 1 and up for {@code while}. */
  public int getPart() {
    return part;
  }

  /** Whether the rule is active for the device, so that the clearing limit counts. */
  public boolean isActive() {
    return active;
  }

  /** What is compared. */
  public double getNumber() {
    return number;
  }

  /** Called by the generated rule when its limit is passed. */
  public void meet() {
    met = true;
  }

  /** Called by the generated rule when all its context is true. */
  public void enterContext() {
    inContext = true;
  }

  boolean met() {
    return met;
  }

  boolean inContext() {
    return inContext;
  }
}
