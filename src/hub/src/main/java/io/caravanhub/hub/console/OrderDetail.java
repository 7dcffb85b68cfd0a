package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An action as its page shows it.
 *
 * @param external the identifier that the FSM system knows it by
 * @param payload what its call is made of, as JSON
 * @param link its page at the FSM system, or null
 * @param heldFor what a policy holds it for, {@code hours}, {@code confidence} or {@code limit}; or
 *     empty
 * @param heldUntil when it goes out by itself, or null
 * @param mark of the payload that is shown
 * @param joined whether its evidence went into an order that was there already
 */
public record OrderDetail(
    OrderLine line,
    String external,
    String payload,
    @Nullable String link,
    String heldFor,
    @Nullable Instant heldUntil,
    String mark,
    boolean joined,
    Instant nextAttemptAt,
    Instant updatedAt,
    List<About> events,
    List<Step> steps) {

  /** An event that it is for. */
  public record About(String id, String message, String severity, Instant openedAt) {}

  /** What somebody did about it. */
  public record Step(Instant at, String actor, String verb, String said) {}

  /** Whether what its call is made of can be changed, and it can be cancelled. */
  public boolean editable() {
    return List.of("PLANNED", "HELD", "DEAD").contains(line.state());
  }

  /** Whether it can be told to go out now. */
  public boolean canRetry() {
    return List.of("PLANNED", "DEAD", "UNKNOWN").contains(line.state());
  }

  /** Whether a person may say that the FSM system has it. */
  public boolean canArrive() {
    return List.of("HELD", "UNKNOWN", "DEAD").contains(line.state());
  }

  /** Whether it may be at the FSM system without the hub's knowing. */
  public boolean inDoubt() {
    return line.inDoubt();
  }

  /** What its state means to somebody who has to decide. */
  public String means() {
    return switch (line.state()) {
      case "PLANNED" ->
          line.attempts() == 0
              ? "It waits for its turn."
              : "It did not get through, and goes out again by itself.";
      case "SENDING" -> "Its call is out.";
      case "UNKNOWN" -> "It may have arrived: the FSM system is asked before it is sent again.";
      case "HELD" ->
          inDoubt()
              ? "It may have arrived, and nobody can be asked: look there, then say whether it did."
              : switch (heldFor) {
                case "hours" -> "It waits for working hours. Release sends it now.";
                case "confidence" -> "It waits until it is more certain. Release sends it now.";
                case "limit" ->
                    "It waits because the limit of its policy is reached. Release sends it now.";
                default -> "It waits until somebody releases it.";
              };
      case "ACCEPTED" ->
          joined ? "Its evidence is in an order that was there already." : "The FSM system has it.";
      case "IN_PROGRESS" -> "Somebody is at work on it.";
      case "ON_HOLD" -> "The FSM system has it on hold.";
      case "COMPLETED" -> "The work is done.";
      case "CANCELLED" -> "It is over without work.";
      default -> "The FSM system refused it, and would again: edit it and retry, or cancel it.";
    };
  }
}
