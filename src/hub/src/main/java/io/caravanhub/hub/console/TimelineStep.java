package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One step of an event's life.
 *
 * @param actor who did it: {@code hub}, {@code rule:<id>}, {@code <role>:<name>}
 * @param change what happened, for instance {@code acknowledged}
 * @param active whether the signal was there afterwards
 */
public record TimelineStep(
    Instant at, String actor, String change, String status, boolean active, @Nullable String note) {

  /** Who did it, for people. */
  public String who() {
    int colon = actor.indexOf(':');
    if (colon < 0) {
      return actor.equals("hub") ? "the hub" : actor;
    }
    String kind = actor.substring(0, colon);
    String name = actor.substring(colon + 1);
    return switch (kind) {
      case "rule" -> "rule " + name;
      case "fsm" -> "FSM " + name;
      default -> name + " (" + kind + ")";
    };
  }

  /** What happened, for people. */
  public String what() {
    return switch (change) {
      case "raised" -> "Raised";
      case "returned" -> "Signal came back";
      case "cleared" -> "Signal cleared";
      case "linked_to_work_order" -> "Linked to a work order";
      case "unshelved" -> "Back from the shelf";
      case "calm" -> "Signal is steady again";
      case "flapping" -> "Signal comes and goes";
      case "worsened" -> "Became worse";
      case "suppressed" -> "Kept quiet";
      case "released" -> "No longer kept quiet";
      default ->
          change.substring(0, 1).toUpperCase(Locale.ROOT) + change.substring(1).replace('_', ' ');
    };
  }
}
