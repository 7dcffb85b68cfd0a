package io.caravanhub.hub.console;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A command to a device, for people.
 *
 * @param device its serial
 * @param value what was to be written, with its unit where that is known
 * @param state PENDING, SENT, DONE, REFUSED, FAILED or EXPIRED
 * @param readBack what the point said afterwards, or null
 * @param reason why it is not done, or null
 * @param who gave it
 */
public record CommandLine(
    String id,
    String device,
    String deviceId,
    String metric,
    String value,
    String state,
    @Nullable String readBack,
    @Nullable String reason,
    String who,
    Instant at,
    Instant expiresAt) {

  /**
   * An item of {@code GET /devices/{d}/commands}.
   *
   * @param unit of the value as people write it, or an empty text
   */
  static CommandLine of(Map<String, ?> command, String unit) {
    return new CommandLine(
        text(command, "id"),
        text(command, "device"),
        text(command, "device_id"),
        text(command, "metric"),
        said(command.get("value"), unit),
        text(command, "state"),
        command.get("read_back") == null ? null : said(command.get("read_back"), unit),
        command.get("reason") == null ? null : text(command, "reason"),
        who(text(command, "actor")),
        Instant.parse(text(command, "created_at")),
        Instant.parse(text(command, "expires_at")));
  }

  /** Whether it may still be taken or answered. */
  public boolean open() {
    return state.equals("PENDING") || state.equals("SENT");
  }

  /** Which look its state has. */
  public String css() {
    return switch (state) {
      case "PENDING", "SENT" -> "planned";
      case "DONE" -> "completed";
      case "EXPIRED" -> "unknown";
      default -> "dead";
    };
  }

  private static String text(Map<String, ?> command, String field) {
    return String.valueOf(command.get(field));
  }

  private static String said(@Nullable Object value, String unit) {
    if (value instanceof Boolean on) {
      return on ? "On" : "Off";
    }
    if (value instanceof Number) {
      BigDecimal number = new BigDecimal(value.toString()).stripTrailingZeros();
      String digits = number.precision() > 20 ? number.toString() : number.toPlainString();
      return (digits + " " + unit).strip();
    }
    return String.valueOf(value);
  }

  private static String who(String actor) {
    int colon = actor.indexOf(':');
    return colon < 0 ? actor : actor.substring(colon + 1) + " (" + actor.substring(0, colon) + ")";
  }
}
