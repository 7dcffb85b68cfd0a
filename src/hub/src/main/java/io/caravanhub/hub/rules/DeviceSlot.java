package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.DevicePast;
import io.caravanhub.core.rule.DeviceState;
import org.jspecify.annotations.Nullable;

/** What a hub remembers of a device. Guarded by itself. */
final class DeviceSlot {
  /** Null when it has to be rebuilt from the store. */
  @Nullable DeviceState state;

  /** Time of the newest reading that is known, heard here or found in the store. */
  long newest;

  /** When the store was last asked for news of it. */
  long askedAt;

  /** Under which epoch of the lease its state was made to say that it is silent. */
  long epoch;

  /** When its last message came here. */
  long spokeAt;

  /** Time of its first reading that was perhaps stored by another hub and not judged. */
  long unjudged = DevicePast.NOTHING_UNJUDGED;

  /** When this hub changed it, by {@link System#nanoTime}; null when it did not. */
  @Nullable Long changedNanos;

  /** Whether it has spoken to another hub since its state was made. */
  boolean elsewhere;

  void hears(long time) {
    newest = Math.max(newest, time);
  }
}
