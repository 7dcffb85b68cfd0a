package io.caravanhub.core.fieldbus;

import org.jspecify.annotations.Nullable;

/**
 * What became of a write.
 *
 * @param state how it ended
 * @param readBack what the device has now, a Double or a String in the point's unit, or null when
 *     it was not read back
 * @param reason why it is not done, else null
 */
public record WriteResult(State state, @Nullable Object readBack, @Nullable String reason) {
  /** How a write ended. */
  public enum State {
    /** Written, read back, the same. */
    DONE,
    /** Not tried, or the device said no. */
    REFUSED,
    /** Tried, and the device did not answer or has another value now. */
    FAILED
  }

  static WriteResult done(@Nullable Object readBack) {
    return new WriteResult(State.DONE, readBack, null);
  }

  static WriteResult refused(String reason) {
    return new WriteResult(State.REFUSED, null, reason);
  }

  static WriteResult failed(@Nullable Object readBack, String reason) {
    return new WriteResult(State.FAILED, readBack, reason);
  }
}
