package io.caravanhub.hub.replay;

import org.jspecify.annotations.Nullable;

/**
 * What a replay did in one step.
 *
 * @param position where the next goes on, or null when there is no next
 * @param error the last failure met, or null
 */
record ReplayStep(
    @Nullable String position,
    long done,
    long failed,
    long changed,
    long removed,
    @Nullable String error) {}
