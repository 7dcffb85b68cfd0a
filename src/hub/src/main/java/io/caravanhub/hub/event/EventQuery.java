package io.caravanhub.hub.event;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Which events to list; a null asks for all.
 *
 * @param status for instance {@code open}
 * @param limit 1 to 500
 * @param cursor of the page before
 */
public record EventQuery(
    @Nullable String status,
    @Nullable UUID device,
    @Nullable String asset,
    int limit,
    @Nullable String cursor) {

  /** The newest events. */
  public static EventQuery newest(int limit) {
    return new EventQuery(null, null, null, limit, null);
  }
}
