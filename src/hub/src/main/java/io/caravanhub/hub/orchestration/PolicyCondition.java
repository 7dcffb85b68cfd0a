package io.caravanhub.hub.orchestration;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * When a policy applies; an empty list takes all.
 *
 * @param minConfidence 0 to 1
 * @param activeFor how long the event must have lasted, or null
 * @param recurrence how often it must have come, or null
 */
record PolicyCondition(
    List<String> eventTypes,
    List<String> severities,
    List<String> families,
    List<String> rules,
    PolicyScope scope,
    double minConfidence,
    @Nullable Duration activeFor,
    @Nullable Recurrence recurrence) {

  /** The event is at least the nth of its family on its asset within the period. */
  record Recurrence(int times, Duration within) {}

  PolicyCondition {
    eventTypes = List.copyOf(eventTypes);
    severities = List.copyOf(severities);
    families = List.copyOf(families);
    rules = List.copyOf(rules);
  }

  /** What happened before. */
  interface Past {
    /** Events of the occasion's asset and family that opened in the period up to it, with it. */
    int occurrences(Occasion occasion, Duration within);
  }

  /** Why the policy does not apply; empty when it does, or would once the event has lasted. */
  Optional<String> misses(Occasion occasion, Past past) {
    Optional<String> plain =
        misses("type", eventTypes, occasion.type())
            .or(() -> misses("severity", severities, occasion.severity()))
            .or(() -> misses("family", families, occasion.family()))
            .or(() -> misses("rule", rules, occasion.rule()))
            .or(() -> scope.misses(occasion));
    if (plain.isPresent()) {
      return plain;
    }
    if (occasion.confidence() < minConfidence) {
      return Optional.of(
          "its confidence is " + two(occasion.confidence()) + ", below " + two(minConfidence));
    }
    if (recurrence != null) {
      int times = past.occurrences(occasion, recurrence.within());
      if (times < recurrence.times()) {
        return Optional.of(
            "it came "
                + times
                + (times == 1 ? " time" : " times")
                + " within "
                + recurrence.within()
                + ", not "
                + recurrence.times());
      }
    }
    return Optional.empty();
  }

  /** When the event will have lasted long enough, if that is still to come. */
  Optional<Instant> due(Occasion occasion, Instant now) {
    if (activeFor == null) {
      return Optional.empty();
    }
    Instant due = occasion.openedAt().plus(activeFor);
    return due.isAfter(now) ? Optional.of(due) : Optional.empty();
  }

  private static Optional<String> misses(String what, List<String> wanted, String is) {
    return wanted.isEmpty() || wanted.contains(is)
        ? Optional.empty()
        : Optional.of("its " + what + " is " + is + ", not " + PolicyScope.shown(wanted));
  }

  static String two(double number) {
    return java.math.BigDecimal.valueOf(number)
        .setScale(2, java.math.RoundingMode.HALF_UP)
        .stripTrailingZeros()
        .toPlainString();
  }
}
