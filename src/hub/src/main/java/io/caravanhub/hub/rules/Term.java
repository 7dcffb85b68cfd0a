package io.caravanhub.hub.rules;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One comparison of a rule: a number drawn from telemetry against a limit, with a second limit that
 * holds while the rule is active (hysteresis).
 *
 * @param subject what the number is
 * @param metric the metric it is drawn from; empty for {@link Subject#SILENCE}
 * @param above true: met above the limit; false: met below it
 * @param limit the value that meets it
 * @param clear the value that must be crossed back before it is no longer met
 * @param window the time a change is measured over; zero where there is none
 * @param text the wanted text of {@link Subject#TEXT}
 */
public record Term(
    Subject subject,
    String metric,
    boolean above,
    double limit,
    double clear,
    Duration window,
    @Nullable String text) {

  /** What a term's number is. */
  public enum Subject {
    /** The value itself. */
    VALUE,
    /** The value's change over the window. */
    CHANGE,
    /** Seconds since the value last changed. */
    STUCK,
    /** Seconds since the device was last heard. */
    SILENCE,
    /** 1 when the text is the wanted one, else 0. */
    TEXT
  }

  /** Whether the number reaches the limit; what does not need not be shown to the rules. */
  boolean reachedBy(double number) {
    return above ? number >= limit : number <= limit;
  }

  /** The history the term looks at, in milliseconds. */
  long lookBackMillis() {
    return subject == Subject.STUCK ? (long) (limit * 1000) : window.toMillis();
  }
}
