package io.caravanhub.hub.console;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.gateway.GatewayState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A gateway as its pages show it. */
public record GatewayLine(GatewayState state) {
  /** An offset above which a clock is said to be wrong; timestamps are corrected all the same. */
  private static final long CLOCK_MILLIS = 5_000;

  public String id() {
    return state.id();
  }

  public String serial() {
    return state.serial();
  }

  public String name() {
    return state.name();
  }

  public long devices() {
    return state.devices();
  }

  public @Nullable Instant lastSeen() {
    return state.lastSeen();
  }

  /** Whether it has told of its health at all. */
  public boolean told() {
    return state.healthAt() != null;
  }

  /** Which look it has. */
  public String css() {
    if (state.status().equals("decommissioned") || state.lastSeen() == null) {
      return "waiting";
    }
    if (!state.online()) {
      return "silent";
    }
    return state.down() > 0 || state.drifts() || dropped() > 0 ? "attention" : "healthy";
  }

  /** How it is in a word. */
  public String says() {
    if (state.status().equals("decommissioned")) {
      return "Decommissioned";
    }
    if (state.lastSeen() == null) {
      return "Never seen";
    }
    return state.online() ? "Online" : "Offline";
  }

  public String software() {
    return text("software");
  }

  /** Which of its two software slots it runs from, or empty. */
  public String slot() {
    return text("slot");
  }

  public String uplink() {
    return switch (text("uplink")) {
      case "mqtt" -> "MQTT";
      case "https" -> "HTTPS";
      case "none" -> "None";
      default -> "";
    };
  }

  public @Nullable Long spool() {
    return whole(state.health().path("spool").path("records"));
  }

  public long spoolBytes() {
    return state.health().path("spool").path("bytes").asLong(0);
  }

  /** Records that the spool has given up, for whatever reason. */
  public long dropped() {
    JsonNode spool = state.health().path("spool");
    return spool.path("dropped").asLong(0) + spool.path("corrupt").asLong(0);
  }

  /** Records that it would not take, or took only some of. */
  public long thinned() {
    JsonNode spool = state.health().path("spool");
    return spool.path("thinned").asLong(0) + spool.path("refused").asLong(0);
  }

  public @Nullable Duration lag() {
    return state.lag();
  }

  /** How far its clock is off, in words, or empty when it never measured. */
  public String clock() {
    Long offset = whole(state.health().path("clock_offset_ms"));
    if (offset == null) {
      return "";
    }
    String sign = offset > 0 ? "+" : offset < 0 ? "−" : "";
    long millis = Math.abs(offset);
    return sign + (millis < 10_000 ? millis + " ms" : millis / 1_000 + " s");
  }

  public boolean clockIsOff() {
    Long offset = whole(state.health().path("clock_offset_ms"));
    return offset != null && Math.abs(offset) > CLOCK_MILLIS;
  }

  public boolean drifts() {
    return state.drifts();
  }

  /** The version it is meant to run, or empty. */
  public String desired() {
    return version("desired");
  }

  /** The version it runs, or empty. */
  public String running() {
    return version("running");
  }

  /** {@code none}, {@code applying}, {@code healthy}, {@code rolled_back} or {@code refused}. */
  public String applied() {
    return state.health().path("configuration").path("state").asText("");
  }

  /** Why the desired configuration does not run, or empty. */
  public String configurationError() {
    JsonNode error = state.health().path("configuration").path("error");
    return error.isTextual() ? error.asText() : "";
  }

  public int connectionCount() {
    return state.health().path("connections").size();
  }

  public int down() {
    return state.down();
  }

  public List<GatewayConnection> connections() {
    return GatewayConnection.of(state.health());
  }

  public @Nullable Double memory() {
    return GatewayConnection.number(state.health().path("rss_mb"));
  }

  public @Nullable Double disk() {
    return GatewayConnection.number(state.health().path("disk_free_mb"));
  }

  public @Nullable Double temperature() {
    return GatewayConnection.number(state.health().path("temperature_c"));
  }

  public @Nullable Double load() {
    return GatewayConnection.number(state.health().path("load"));
  }

  public @Nullable Duration uptime() {
    Long seconds = whole(state.health().path("uptime_s"));
    return seconds == null ? null : Duration.ofSeconds(seconds);
  }

  /** All its connections' reads a second. */
  public double readsPerSecond() {
    double all = 0;
    for (JsonNode connection : state.health().path("connections")) {
      all += connection.path("reads_per_s").asDouble(0);
    }
    return all;
  }

  private String version(String which) {
    JsonNode version = state.health().path("configuration").path(which);
    return version.isNumber() ? version.asText() : "";
  }

  private String text(String field) {
    JsonNode value = state.health().path(field);
    return value.isTextual() ? value.asText() : "";
  }

  private static @Nullable Long whole(JsonNode value) {
    return value.isNumber() ? value.asLong() : null;
  }
}
