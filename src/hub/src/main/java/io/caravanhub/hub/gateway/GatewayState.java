package io.caravanhub.hub.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A gateway as it was last heard of.
 *
 * @param devices how many it speaks for
 * @param health the newest it said; a missing node when it said none
 */
public record GatewayState(
    String id,
    String serial,
    String name,
    String status,
    long devices,
    @Nullable Instant lastSeen,
    @Nullable Instant healthAt,
    JsonNode health) {
  /** Three times the interval at which gateways tell of their health. */
  public static final Duration SILENT = Duration.ofSeconds(90);

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Whether it was heard of lately. */
  public boolean online() {
    return lastSeen != null && lastSeen.isAfter(Instant.now().minus(SILENT));
  }

  /** How long the oldest record of its spool has waited, or null when none does. */
  public @Nullable Duration lag() {
    String oldest = health.path("spool").path("oldest").asText("");
    if (oldest.isEmpty() || healthAt == null) {
      return null;
    }
    try {
      Instant from = java.time.OffsetDateTime.parse(oldest).toInstant();
      Duration lag = Duration.between(from, healthAt);
      return lag.isNegative() ? Duration.ZERO : lag;
    } catch (java.time.DateTimeException e) {
      return null;
    }
  }

  /** Whether it does not run the configuration that it is meant to. */
  public boolean drifts() {
    JsonNode configuration = health.path("configuration");
    JsonNode desired = configuration.path("desired");
    return desired.isNumber() && !desired.equals(configuration.path("running"));
  }

  /** The version of the hub's configuration that it runs, or null when it has not said one. */
  public @Nullable Integer runs() {
    JsonNode running = health.path("configuration").path("running");
    return running.isInt() ? running.asInt() : null;
  }

  /** How many of its connections cannot be read now. */
  public int down() {
    int down = 0;
    for (JsonNode connection : health.path("connections")) {
      down += GatewayHealthRows.isDown(connection) ? 1 : 0;
    }
    return down;
  }

  Map<String, Object> summary() {
    Map<String, Object> gateway = new LinkedHashMap<>();
    gateway.put("id", id);
    gateway.put("serial", serial);
    gateway.put("name", name);
    gateway.put("status", status);
    gateway.put("online", online());
    gateway.put("last_seen_at", lastSeen == null ? null : lastSeen.toString());
    gateway.put("health_at", healthAt == null ? null : healthAt.toString());
    gateway.put("devices", devices);
    gateway.put("connections", health.path("connections").size());
    gateway.put("connections_down", down());
    gateway.put("drifts", drifts());
    Duration lag = lag();
    gateway.put("lag_s", lag == null ? null : lag.toSeconds());
    for (String field :
        new String[] {"software", "uplink", "clock_offset_ms", "spool", "configuration"}) {
      gateway.put(field, plain(health.path(field)));
    }
    return gateway;
  }

  Map<String, Object> whole() {
    Map<String, Object> gateway = summary();
    gateway.put("health", plain(health));
    return gateway;
  }

  private static @Nullable Object plain(JsonNode value) {
    return value.isMissingNode() || value.isNull() ? null : JSON.convertValue(value, Object.class);
  }
}
