package io.caravanhub.hub.event;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which events to list; a null or an empty list asks for all.
 *
 * @param statuses any of them, for instance {@code open}
 * @param active whether the signal is there now
 * @param since only those that opened then or later
 * @param until only those that opened before
 * @param text a part of message, serial, asset or rule, in any case
 * @param parent only the children of this event
 * @param limit 1 to 500
 * @param cursor of the page before
 */
public record EventQuery(
    List<String> statuses,
    @Nullable Boolean active,
    List<String> severities,
    List<String> types,
    @Nullable String family,
    @Nullable String asset,
    @Nullable UUID device,
    @Nullable String rule,
    @Nullable Instant since,
    @Nullable Instant until,
    @Nullable String text,
    @Nullable UUID parent,
    int limit,
    @Nullable String cursor) {

  public EventQuery {
    statuses = List.copyOf(statuses);
    severities = List.copyOf(severities);
    types = List.copyOf(types);
  }

  /** The newest events. */
  public static EventQuery newest(int limit) {
    return new EventQuery(
        List.of(), null, List.of(), List.of(), null, null, null, null, null, null, null, null,
        limit, null);
  }

  /** The same from another page on. */
  public EventQuery from(@Nullable String next) {
    return new EventQuery(
        statuses,
        active,
        severities,
        types,
        family,
        asset,
        device,
        rule,
        since,
        until,
        text,
        parent,
        limit,
        next);
  }

  /** The children of an event. */
  public static EventQuery childrenOf(UUID parent, int limit) {
    return new EventQuery(
        List.of(), null, List.of(), List.of(), null, null, null, null, null, null, null, parent,
        limit, null);
  }
}
