package io.caravanhub.hub.orchestration;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An action that a policy asks for.
 *
 * @param priority 1 (now) to 5, or null to follow from the risk
 * @param workType job type, for instance {@code corrective}
 * @param title with placeholders, or null for the product's own
 * @param description the same
 * @param checklist what has to be ticked off
 * @param startWithin from the planning to the requested start, or null for the service level's
 * @param completeWithin from the planning to the requested completion, or null
 * @param workingHours whether both are working hours
 * @param groupFor how long further events of the asset and family join the action
 * @param outsideHours what to do outside the calendar's hours
 * @param doubt what to do below a confidence, or null
 * @param downgrade what a downgraded one becomes
 * @param role whom an activity is for
 * @param to audience of a notification, or name of what a webhook tells
 * @param template of a notification, or null
 * @param urgent whether a notification goes out in quiet hours
 * @param order whether missing parts are ordered
 */
record PolicyAction(
    Kind kind,
    @Nullable Integer priority,
    String workType,
    @Nullable String title,
    @Nullable String description,
    List<String> checklist,
    @Nullable Duration startWithin,
    @Nullable Duration completeWithin,
    boolean workingHours,
    Duration groupFor,
    Timing outsideHours,
    @Nullable Doubt doubt,
    Downgrade downgrade,
    @Nullable String role,
    @Nullable String to,
    @Nullable String template,
    boolean urgent,
    boolean order) {

  PolicyAction {
    checklist = List.copyOf(checklist);
  }

  /** What is done. */
  enum Kind {
    WORK_ORDER,
    QUOTE,
    TASK,
    PARTS,
    ACTIVITY,
    NOTIFICATION,
    WEBHOOK;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** As people say it. */
    String words() {
      return label().replace('_', ' ');
    }

    /** Whether it is told and not done: it does not go through the outbox of actions. */
    boolean told() {
      return this == NOTIFICATION || this == WEBHOOK;
    }
  }

  /** What to do when it is not a good time. */
  enum Timing {
    ACT,
    HOLD,
    DOWNGRADE
  }

  /** Below this confidence, hold it for a person or downgrade it. */
  record Doubt(double below, Timing then) {}

  /**
   * A lesser action.
   *
   * @param kind null for the same
   * @param priority null for the next lower
   */
  record Downgrade(@Nullable Kind kind, @Nullable Integer priority) {}
}
