package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.caravanhub.hub.rules.RuleOutcome;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to do about which events.
 *
 * @param id names it within its tenant
 * @param description for people
 * @param when the events it is for
 * @param then the action it calls for
 */
public record Policy(String id, @Nullable String description, When when, Then then) {

  public Policy {
    demand(id != null && !id.isBlank(), "id", "is missing");
    demand(when != null, "when", "is missing");
    demand(then != null, "then", "is missing");
  }

  /** Whether the outcome of a rule falls under it. */
  public boolean covers(RuleOutcome outcome) {
    return in(when.eventType(), outcome.type().label())
        && in(when.severity(), outcome.severity().label())
        && in(when.family(), outcome.family());
  }

  private static boolean in(@Nullable List<String> wanted, String value) {
    return wanted == null || wanted.contains(value);
  }

  /** Conditions on an event; a list that is absent takes all. */
  public record When(
      @JsonProperty("event_type") @Nullable List<String> eventType,
      @Nullable List<String> severity,
      @Nullable List<String> family) {}

  /**
   * An action.
   *
   * @param kind {@code work_order}, {@code quote}, {@code task} or {@code notification}
   * @param priority 1 (now) to 5
   * @param workType for instance {@code corrective}
   * @param startWithin from the planning to the requested start
   * @param completeWithin from the planning to the requested completion
   * @param groupFor how long further events of the asset and family join the action
   */
  public record Then(
      String kind,
      int priority,
      @JsonProperty("work_type") String workType,
      @JsonProperty("start_within") Duration startWithin,
      @JsonProperty("complete_within") Duration completeWithin,
      @JsonProperty("group_for") @Nullable Duration groupFor) {

    public Then {
      demand(
          List.of("work_order", "quote", "task", "notification").contains(kind),
          "then.kind",
          "expected work_order, quote, task or notification, got " + kind);
      demand(priority >= 1 && priority <= 5, "then.priority", "expected 1 to 5, got " + priority);
      demand(workType != null, "then.work_type", "is missing");
      demand(startWithin != null, "then.start_within", "is missing");
      demand(completeWithin != null, "then.complete_within", "is missing");
    }

    /** The grouping window, four hours unless said otherwise. */
    public Duration window() {
      return groupFor == null ? Duration.ofHours(4) : groupFor;
    }
  }

  private static void demand(boolean kept, String field, String problem) {
    if (!kept) {
      throw new IllegalArgumentException(field + ": " + problem);
    }
  }
}
