package io.caravanhub.hub.console;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The page of one event.
 *
 * @param line what lists show of it
 * @param standing how it stands
 * @param proof the numbers that led to it
 * @param charts what its metrics were around it, its own metric first
 * @param decisions what was decided about it, newest first
 * @param orders the actions that look after it
 * @param steps its timeline, newest first
 * @param related other events that have to do with it
 */
public record EventCase(
    EventLine line,
    EventStanding standing,
    EventProof proof,
    List<Chart> charts,
    List<Decision> decisions,
    List<OrderLine> orders,
    List<TimelineStep> steps,
    RelatedEvents related) {

  /** The newest decision, or null when none was kept. */
  public @Nullable Decision decision() {
    return decisions.isEmpty() ? null : decisions.get(0);
  }
}
