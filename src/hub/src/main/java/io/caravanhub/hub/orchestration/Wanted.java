package io.caravanhub.hub.orchestration;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An action as a policy wants it now.
 *
 * @param policy that wants it
 * @param action as it is written
 * @param kind after a downgrade
 * @param priority 1 to 5
 * @param held whether it waits
 * @param until when it goes out by itself; null when held for a person
 * @param reasons sentences why it is as it is: risk, service level, hours
 * @param downgraded whether it is less than the policy asks for
 */
record Wanted(
    String policy,
    PolicyAction action,
    PolicyAction.Kind kind,
    int priority,
    @Nullable Instant start,
    @Nullable Instant complete,
    boolean held,
    @Nullable Instant until,
    List<String> reasons,
    boolean downgraded) {
  Wanted {
    reasons = List.copyOf(reasons);
  }

  /** Of two of one slot the more urgent is done. */
  String slot() {
    return kind.told()
        ? kind.label() + " " + action.to() + " " + action.template()
        : kind.label() + (action.role() == null ? "" : " " + action.role());
  }

  /** For people, with the role of an activity. */
  String words() {
    return action.role() == null ? kind.words() : "activity for " + action.role();
  }
}
