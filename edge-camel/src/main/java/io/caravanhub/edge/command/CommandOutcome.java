package io.caravanhub.edge.command;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What became of a command.
 *
 * @param state how it ended
 * @param value what the device has now, a Number, Boolean or String, or null when nobody knows
 * @param reason why it is not done, else null
 */
public record CommandOutcome(State state, @Nullable Object value, @Nullable String reason) {
  /** How a command ended. */
  public enum State {
    /** Written and read back. */
    DONE,
    /** Not tried: it may not be, or the device said no. */
    REFUSED,
    /** Tried, and the device does not have the value, or nobody knows. */
    FAILED,
    /** Its time was over before it was tried. */
    EXPIRED;

    /** As the wire has it. */
    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public static CommandOutcome done(@Nullable Object value) {
    return new CommandOutcome(State.DONE, value, null);
  }

  public static CommandOutcome refused(String reason) {
    return new CommandOutcome(State.REFUSED, null, reason);
  }

  public static CommandOutcome failed(String reason) {
    return new CommandOutcome(State.FAILED, null, reason);
  }

  static CommandOutcome expired(String reason) {
    return new CommandOutcome(State.EXPIRED, null, reason);
  }
}
