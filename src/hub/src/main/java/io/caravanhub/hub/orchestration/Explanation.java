package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was done about an event, or why not; the component names are its JSON names.
 *
 * @param summary in one plain sentence
 * @param policies every policy that was looked at
 * @param actions what came of those that apply
 */
public record Explanation(String summary, List<Look> policies, List<Outcome> actions) {
  public Explanation {
    policies = List.copyOf(policies);
    actions = List.copyOf(actions);
  }

  /**
   * A policy that was looked at.
   *
   * @param reason why it does not apply, or what became of it; empty when it simply applies
   */
  public record Look(String policy, boolean matched, String reason) {}

  /**
   * What came of an action that a policy asks for.
   *
   * @param outcome {@code planned}, {@code held}, {@code joined} or {@code told}
   * @param action id of the action that was planned or joined
   * @param externalIdentifier of that action
   * @param reason sentences why it is as it is
   * @param downgraded whether it is less than the policy asks for
   * @param heldUntil when it goes out by itself
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Outcome(
      String policy,
      String kind,
      String outcome,
      @Nullable UUID action,
      @Nullable String externalIdentifier,
      @Nullable Integer priority,
      String reason,
      boolean downgraded,
      java.time.@Nullable Instant heldUntil) {

    private String sentence() {
      String what = kind.replace('_', ' ');
      String name = externalIdentifier == null ? what : what + " " + externalIdentifier;
      String why = reason.isEmpty() ? "" : " (" + reason + ")";
      return switch (outcome) {
        case "planned" -> name + " of priority " + priority + " is planned" + why;
        case "held" -> name + " is held" + why;
        case "joined" -> "it joins the " + name + " that is there" + why;
        default -> what + ": " + reason;
      };
    }
  }

  static Explanation of(Deliberation deliberation, List<Outcome> outcomes) {
    List<Look> looks =
        deliberation.looked().stream()
            .map(l -> new Look(l.policy(), l.matched(), l.reason()))
            .toList();
    return new Explanation(summary(deliberation, outcomes), looks, outcomes);
  }

  private static String summary(Deliberation deliberation, List<Outcome> outcomes) {
    if (!outcomes.isEmpty()) {
      return outcomes.stream()
          .collect(
              Collectors.groupingBy(
                  Outcome::policy, java.util.LinkedHashMap::new, Collectors.toList()))
          .entrySet()
          .stream()
          .map(
              of ->
                  "By the policy "
                      + of.getKey()
                      + ": "
                      + of.getValue().stream()
                          .map(Outcome::sentence)
                          .collect(Collectors.joining("; "))
                      + ".")
          .collect(Collectors.joining(" "));
    }
    if (!deliberation.waits().isEmpty()) {
      Deliberation.Wait first = deliberation.waits().get(0);
      return "The policy "
          + first.policy()
          + " waits until the event has lasted: it is looked at again at "
          + first.due()
          + ".";
    }
    long matched = deliberation.looked().stream().filter(Deliberation.Looked::matched).count();
    return matched > 0
        ? "The policies that apply ask for nothing."
        : "No policy asks for an action; "
            + deliberation.looked().size()
            + (deliberation.looked().size() == 1 ? " was looked at." : " were looked at.");
  }
}
