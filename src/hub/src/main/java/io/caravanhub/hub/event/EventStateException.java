package io.caravanhub.hub.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** A command that the event's state, or its absence, does not allow. */
public final class EventStateException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final @Nullable EventState state;

  private EventStateException(String problem, @Nullable EventState state) {
    super(problem);
    this.state = state;
  }

  static EventStateException absent(Object id) {
    return new EventStateException("no event " + id, null);
  }

  static EventStateException refused(EventCommand command, EventState state) {
    List<String> allowed = EventCommand.allowedIn(state);
    return new EventStateException(
        "an event that is %s cannot be told to %s; it can be told to %s"
            .formatted(state.label(), command.label(), String.join(", ", allowed)),
        state);
  }

  /** True when there is no such event (404), false when its status forbids the change (409). */
  public boolean absent() {
    return state == null;
  }

  /** The status that forbids it, or null when there is no such event. */
  public @Nullable String status() {
    return state == null ? null : state.label();
  }
}
