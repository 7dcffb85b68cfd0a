package io.caravanhub.hub.event;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** What people tell events, and in which states they may. */
public enum EventCommand {
  ACKNOWLEDGE(EnumSet.of(EventState.OPEN)),
  DISMISS(
      EnumSet.of(
          EventState.OPEN,
          EventState.ACKNOWLEDGED,
          EventState.LINKED_TO_WORK_ORDER,
          EventState.SHELVED)),
  /** Once more while it is shelved sets another time. */
  SHELVE(
      EnumSet.of(
          EventState.OPEN,
          EventState.ACKNOWLEDGED,
          EventState.LINKED_TO_WORK_ORDER,
          EventState.SHELVED)),
  UNSHELVE(EnumSet.of(EventState.SHELVED)),
  RESOLVE(
      EnumSet.of(
          EventState.OPEN,
          EventState.ACKNOWLEDGED,
          EventState.LINKED_TO_WORK_ORDER,
          EventState.SHELVED)),
  REOPEN(EnumSet.of(EventState.RESOLVED, EventState.DISMISSED)),
  NOTE(EnumSet.allOf(EventState.class));

  private final Set<EventState> from;

  EventCommand(Set<EventState> from) {
    this.from = from;
  }

  /** Whether an event in that state can be told so. */
  public boolean allowed(EventState state) {
    return from.contains(state);
  }

  /** What an event in that state can be told. */
  public static List<String> allowedIn(EventState state) {
    return Arrays.stream(values()).filter(c -> c.allowed(state)).map(EventCommand::label).toList();
  }

  /** Its name in the API. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
