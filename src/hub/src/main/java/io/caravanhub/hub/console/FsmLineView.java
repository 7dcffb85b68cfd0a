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
 * A connection with a field-service product as its pages show it.
 *
 * @param id empty for the one that HUB_FSM_URL names
 * @param title of the product
 * @param health {@code new}, {@code good}, {@code failing}, {@code resting}, {@code paused} or
 *     {@code refused}
 * @param join which open orders take in evidence: {@code person}, {@code any} or {@code never}
 * @param settings what is no secret, by name
 * @param secrets names of the secrets that are set
 * @param callback path below the hub's address, or null when the product sends none
 * @param counts of the tenant's actions, {@code waiting}, {@code unknown}, {@code held}, {@code
 *     dead} and {@code open}; empty unless it is enabled
 */
public record FsmLineView(
    String id,
    String product,
    String title,
    String name,
    boolean enabled,
    String health,
    String join,
    Map<String, String> settings,
    Set<String> secrets,
    @Nullable Instant lastSuccessAt,
    @Nullable String lastError,
    @Nullable String callback,
    Map<String, Long> counts) {
  private static final String MASK = "********";

  static FsmLineView of(Map<String, Object> view, String title) {
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
    return new FsmLineView(
        view.get("id") == null ? "" : text(view, "id"),
        text(view, "product"),
        title,
        text(view, "name"),
        text(view, "state").equals("enabled"),
        text(view, "health"),
        text(view, "join"),
        settings,
        secrets,
        view.get("last_success_at") instanceof String at ? Instant.parse(at) : null,
        (String) view.get("last_error"),
        (String) view.get("callback"),
        view.get("actions") instanceof Map<?, ?> counts ? longs(counts) : Map.of());
  }

  /** Whether it is the tenant's own, and no setting of the hub. */
  public boolean own() {
    return !id.isEmpty();
  }

  private static Map<String, Long> longs(Map<?, ?> counts) {
    Map<String, Long> longs = new LinkedHashMap<>();
    for (String name : List.of("waiting", "unknown", "held", "dead", "open")) {
      longs.put(name, counts.get(name) instanceof Number n ? n.longValue() : 0L);
    }
    return longs;
  }

  /** How many actions are so; 0 while it is paused. */
  public long count(String what) {
    return counts.getOrDefault(what, 0L);
  }

  /** Which look its health has. */
  public String css() {
    return switch (health) {
      case "good" -> "healthy";
      case "resting" -> "attention";
      case "failing", "refused" -> "fault";
      default -> "waiting";
    };
  }

  /** Its health in words. */
  public String says() {
    return switch (health) {
      case "good" -> "Good";
      case "resting" -> "Not called for now";
      case "failing" -> "Failing";
      case "refused" -> "Adapter refused";
      case "paused" -> "Paused";
      default -> "Not used yet";
    };
  }

  private static String text(Map<String, Object> view, String name) {
    return String.valueOf(view.get(name));
  }
}
