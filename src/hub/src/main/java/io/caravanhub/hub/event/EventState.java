package io.caravanhub.hub.event;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * How far people and systems have come with an event. Whether its signal is active is kept apart
 * from it. The database holds the same table ({@code event_transitions}) and refuses what is not in
 * it, whoever asks.
 */
public enum EventState {
  /** Nobody has seen it yet. */
  OPEN,
  /** Somebody has. */
  ACKNOWLEDGED,
  /** A work order that the FSM has accepted looks after it. */
  LINKED_TO_WORK_ORDER,
  /** Over: its signal cleared, its work was done, or somebody said so. */
  RESOLVED,
  /** It was none. */
  DISMISSED,
  /** Out of sight until a time, as ISA-18.2 shelves alarms; it comes back by itself. */
  SHELVED;

  private static final Map<EventState, Set<EventState>> NEXT = new EnumMap<>(EventState.class);

  static {
    NEXT.put(OPEN, EnumSet.of(ACKNOWLEDGED, LINKED_TO_WORK_ORDER, RESOLVED, DISMISSED, SHELVED));
    NEXT.put(ACKNOWLEDGED, EnumSet.of(LINKED_TO_WORK_ORDER, RESOLVED, DISMISSED, SHELVED));
    NEXT.put(LINKED_TO_WORK_ORDER, EnumSet.of(RESOLVED, DISMISSED, SHELVED));
    NEXT.put(SHELVED, EnumSet.of(OPEN, ACKNOWLEDGED, LINKED_TO_WORK_ORDER, RESOLVED, DISMISSED));
    NEXT.put(RESOLVED, EnumSet.of(OPEN, LINKED_TO_WORK_ORDER));
    NEXT.put(DISMISSED, EnumSet.of(OPEN));
  }

  /** The states that may follow. */
  public Set<EventState> next() {
    return EnumSet.copyOf(NEXT.getOrDefault(this, Set.of()));
  }

  /** Whether nothing is to be done about it any more. */
  public boolean isOver() {
    return this == RESOLVED || this == DISMISSED;
  }

  /** Its name in the API and in the store. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  static EventState of(String label) {
    return valueOf(label.toUpperCase(Locale.ROOT));
  }
}
