package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Everything the page of one device shows. */
public record DevicePage(
    DeviceLine device,
    Health health,
    @Nullable AssetHealth assetHealth,
    @Nullable Instant lastSeen,
    Span span,
    List<Chart> charts,
    List<EventLine> events,
    List<OrderLine> orders) {}
