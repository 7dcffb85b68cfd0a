package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the policies decided about an event at one time.
 *
 * @param cause {@code raised}, {@code worse}, {@code waited} or {@code recorded}
 * @param summary in one sentence
 * @param looks every policy that was looked at, those that apply first
 * @param outcomes what came of those that apply
 */
public record Decision(
    Instant at, String cause, String summary, List<Look> looks, List<Outcome> outcomes) {

  /** A policy that was looked at, and why it does not apply or what became of it. */
  public record Look(String policy, boolean matched, String reason) {}

  /**
   * What came of an action that a policy asks for.
   *
   * @param outcome {@code planned}, {@code held}, {@code joined} or {@code told}
   * @param priority 1 to 5, or null
   */
  public record Outcome(
      String policy,
      String kind,
      String outcome,
      @Nullable String external,
      @Nullable Integer priority,
      String reason,
      boolean downgraded,
      @Nullable Instant heldUntil) {}

  /** Why it was decided then. */
  public String occasion() {
    return switch (cause) {
      case "raised" -> "when it was raised";
      case "worse" -> "when it became worse";
      case "waited" -> "after it had lasted";
      default -> "";
    };
  }

  /** Policies that apply. */
  public List<Look> applied() {
    return looks.stream().filter(Look::matched).toList();
  }

  /** Policies that do not, with the reason. */
  public List<Look> passed() {
    return looks.stream().filter(look -> !look.matched()).toList();
  }
}
