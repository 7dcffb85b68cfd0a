package io.caravanhub.core.unit;

/** The outcome of converting one number. */
public sealed interface Converted {
  /** A number in the unit asked for. */
  record Value(double value) implements Converted {}

  /** No number: the reason names the unit or units. */
  record Refused(String reason) implements Converted {}
}
