package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device with what it says now.
 *
 * @param main the value that matters most, or null when there is none yet
 * @param others the next few
 * @param spark the main metric over the last minutes
 */
public record DeviceTile(
    DeviceLine device,
    Health health,
    @Nullable Instant lastSeen,
    @Nullable Reading main,
    List<Reading> others,
    Sparkline spark) {}
