package io.caravanhub.core.fsm;

import java.util.Locale;
import java.util.Optional;

/** How far an order is once the product has it. */
public enum FsmState {
  ACCEPTED,
  IN_PROGRESS,
  ON_HOLD,
  COMPLETED,
  CANCELLED;

  /** The state behind a common word (TMF697's and others); empty for others. */
  static Optional<FsmState> ofCommon(String status) {
    return switch (status.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "")) {
      case "acknowledged", "new", "open", "scheduled", "assigned", "accepted" ->
          Optional.of(ACCEPTED);
      case "inprogress", "started" -> Optional.of(IN_PROGRESS);
      case "held", "onhold", "pending" -> Optional.of(ON_HOLD);
      case "completed", "complete", "done", "closed" -> Optional.of(COMPLETED);
      case "cancelled", "canceled", "rejected" -> Optional.of(CANCELLED);
      default -> Optional.empty();
    };
  }

  /** Whether nothing more will be done. */
  public boolean isOver() {
    return this == COMPLETED || this == CANCELLED;
  }
}
