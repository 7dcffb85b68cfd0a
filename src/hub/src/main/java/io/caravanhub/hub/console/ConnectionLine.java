package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A connection as its pages show it.
 *
 * @param oem its connector
 * @param title the connector's title
 * @param icon a data address, or empty
 * @param health {@code new}, {@code good}, {@code shaky}, {@code failing}, {@code late} or {@code
 *     paused}
 * @param settings what is no secret
 * @param secrets names of the secrets that are set
 * @param every seconds between polls when it has its own, or null
 */
public record ConnectionLine(
    String id,
    String oem,
    String title,
    String icon,
    String name,
    String kind,
    boolean enabled,
    boolean registers,
    String health,
    Map<String, String> settings,
    Set<String> secrets,
    @Nullable Integer every,
    @Nullable Instant nextPollAt,
    @Nullable Instant lastPollAt,
    @Nullable Instant lastSuccessAt,
    @Nullable String lastError,
    long failures,
    long polls,
    long pollsFailed,
    long requests,
    long messages,
    long devices) {
  private static final String MASK = "********";

  static ConnectionLine of(Map<String, Object> view, String title, String icon) {
    Map<String, String> settings = new LinkedHashMap<>();
    Set<String> secrets = new TreeSet<>();
    ((Map<?, ?>) Objects.requireNonNull(view.get("settings")))
        .forEach(
            (name, value) -> {
              if (MASK.equals(value)) {
                secrets.add(name.toString());
              } else {
                settings.put(name.toString(), String.valueOf(value));
              }
            });
    return new ConnectionLine(
        text(view, "id"),
        text(view, "oem"),
        title,
        icon,
        text(view, "name"),
        text(view, "kind"),
        text(view, "state").equals("enabled"),
        text(view, "devices").equals("register"),
        text(view, "health"),
        settings,
        secrets,
        view.get("every_seconds") instanceof Number every ? every.intValue() : null,
        moment(view, "next_poll_at"),
        moment(view, "last_poll_at"),
        moment(view, "last_success_at"),
        (String) view.get("last_error"),
        count(view, "failures"),
        count(view, "polls"),
        count(view, "polls_failed"),
        count(view, "requests"),
        count(view, "messages"),
        count(view, "known_devices"));
  }

  /** Whether it asks, rather than waits. */
  public boolean isPoll() {
    return kind.equals("poll");
  }

  /** Which look its health has. */
  public String css() {
    return switch (health) {
      case "good" -> "healthy";
      case "shaky", "late" -> "attention";
      case "failing" -> "fault";
      default -> "waiting";
    };
  }

  /** Its health in words. */
  public String says() {
    return switch (health) {
      case "good" -> "Good";
      case "shaky" -> "Shaky";
      case "late" -> "Late";
      case "failing" -> "Failing";
      case "paused" -> "Paused";
      default -> kind.equals("poll") ? "Waiting for its first poll" : "Waiting for messages";
    };
  }

  static List<String> healths() {
    return List.of("good", "shaky", "failing", "late", "new", "paused");
  }

  private static String text(Map<String, Object> view, String name) {
    return String.valueOf(view.get(name));
  }

  private static @Nullable Instant moment(Map<String, Object> view, String name) {
    return view.get(name) instanceof String text ? Instant.parse(text) : null;
  }

  private static long count(Map<String, Object> view, String name) {
    return view.get(name) instanceof Number number ? number.longValue() : 0;
  }
}
