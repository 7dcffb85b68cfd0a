package io.caravanhub.core.rule;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The event a rule raises.
 *
 * @param family groups related events of one asset, for instance {@code refrigerant_charge}
 * @param message text with {@code {value} {unit} {threshold} {metric} {device} {rule}}
 * @param action what a technician should do
 * @param failureMode code for the FSM, for instance {@code REFRIGERANT_LEAK}
 * @param parts what the repair usually takes
 */
public record RuleOutcome(
    EventType type,
    Severity severity,
    String family,
    String message,
    String action,
    @Nullable String failureMode,
    List<Part> parts) {

  public RuleOutcome {
    parts = List.copyOf(parts);
  }

  /** A spare part. */
  public record Part(String number, String name, int quantity) {}
}
