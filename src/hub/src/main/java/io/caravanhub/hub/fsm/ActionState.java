package io.caravanhub.hub.fsm;

import java.util.Locale;
import java.util.Optional;

/** Where an action is once the FSM has it. */
enum ActionState {
  ACCEPTED,
  IN_PROGRESS,
  ON_HOLD,
  COMPLETED,
  CANCELLED;

  /** The state behind an FSM's own word for it (TMF697's and the common ones); empty for others. */
  static Optional<ActionState> ofFsm(String status) {
    return switch (status.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "")) {
      case "acknowledged", "new", "open", "scheduled", "assigned" -> Optional.of(ACCEPTED);
      case "inprogress", "started" -> Optional.of(IN_PROGRESS);
      case "held", "onhold", "pending" -> Optional.of(ON_HOLD);
      case "completed", "complete", "done", "closed" -> Optional.of(COMPLETED);
      case "cancelled", "canceled", "rejected" -> Optional.of(CANCELLED);
      default -> Optional.empty();
    };
  }

  boolean isOver() {
    return this == COMPLETED || this == CANCELLED;
  }
}
