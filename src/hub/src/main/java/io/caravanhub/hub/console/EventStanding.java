package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an event stands.
 *
 * @param active whether its signal is there now
 * @param clearedAt when it cleared last, or null
 * @param closedAt when it was resolved or dismissed, or null
 * @param shelvedUntil when it comes back, or null
 * @param dismissReason why it was none, or null
 * @param suppressed why nothing was planned: {@code parent}, {@code storm}, {@code flapping},
 *     {@code shelved}, or null
 * @param raises how often its signal was raised
 * @param verbs what people can tell it in this state
 */
public record EventStanding(
    boolean active,
    Instant lastSeenAt,
    @Nullable Instant clearedAt,
    @Nullable Instant closedAt,
    @Nullable Instant shelvedUntil,
    @Nullable String dismissReason,
    @Nullable String suppressed,
    boolean flapping,
    int raises,
    List<String> verbs) {

  /** Why nothing was planned, in words, or null when nothing stood in the way. */
  public @Nullable String quiet() {
    if (suppressed == null) {
      return null;
    }
    return switch (suppressed) {
      case "parent" -> "Nothing is planned for it: an event above it stands for it.";
      case "storm" -> "Nothing is planned for it alone: it is one of many that came at once.";
      case "flapping" -> "Nothing is planned while its signal comes and goes.";
      case "shelved" -> "Nothing was planned: an event of its rule was on the shelf.";
      default -> "Nothing was planned: " + suppressed + ".";
    };
  }
}
