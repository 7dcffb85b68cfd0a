package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has to do with an event.
 *
 * @param problem the group of events of its asset and family, or null when it is in none
 * @param together the others of its problem
 * @param parent the event that stands for it, or null
 * @param children those it stands for, the newest
 * @param stands how many it stands for
 * @param earlier those it is a return of, newest first
 * @param later those that are a return of it
 */
public record RelatedEvents(
    @Nullable Problem problem,
    List<EventLine> together,
    @Nullable EventLine parent,
    List<EventLine> children,
    int stands,
    List<EventLine> earlier,
    List<EventLine> later) {

  /** The problem it belongs to. */
  public record Problem(Instant openedAt, @Nullable Instant closedAt, int events) {}

  /** How many of each are listed. */
  public int most() {
    return RelatedReader.MOST;
  }

  /** Whether there is nothing to show. */
  public boolean none() {
    return together.isEmpty()
        && parent == null
        && children.isEmpty()
        && earlier.isEmpty()
        && later.isEmpty();
  }
}
