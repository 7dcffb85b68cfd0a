package io.caravanhub.hub.event;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A page of events, newest first.
 *
 * @param cursor where the next page begins, or null on the last one
 */
public record EventPage(List<EventView> items, @Nullable String cursor) {}
