package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything the page of one device shows.
 *
 * @param mapping name of the mapping that its messages go through, or null when there is none
 */
public record DevicePage(
    DeviceLine device,
    @Nullable String mapping,
    Health health,
    @Nullable AssetHealth assetHealth,
    @Nullable Instant lastSeen,
    Span span,
    List<Chart> charts,
    List<EventLine> events,
    List<OrderLine> orders) {}
