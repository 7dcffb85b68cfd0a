package io.caravanhub.hub.rules;

/** What a {@code rules:} endpoint does. */
public enum RulesOperation {
  /** Runs the rules over the telemetry in the body. */
  evaluate,
  /** Looks after devices that say nothing. */
  watch
}
