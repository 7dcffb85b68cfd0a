package io.caravanhub.hub.console;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A connection of a gateway to a device, as the gateway last told of it.
 *
 * @param state {@code up}, {@code connecting}, {@code down} or what a later version says
 * @param latency milliseconds of the last read, or null
 */
public record GatewayConnection(
    String device,
    String protocol,
    String address,
    String state,
    @Nullable Instant lastGood,
    String error,
    @Nullable Double readsPerSecond,
    @Nullable Double latency,
    long errors,
    long reconnects) {
  private static final int MOST = 500;

  /** Those of a gateway's health, the ones that are down first. */
  static List<GatewayConnection> of(JsonNode health) {
    List<GatewayConnection> down = new ArrayList<>();
    List<GatewayConnection> others = new ArrayList<>();
    for (JsonNode said : health.path("connections")) {
      GatewayConnection connection = one(said);
      (connection.state.equals("down") ? down : others).add(connection);
    }
    down.addAll(others);
    return down.stream().limit(MOST).toList();
  }

  private static GatewayConnection one(JsonNode said) {
    return new GatewayConnection(
        said.path("device").asText(""),
        said.path("protocol").asText(""),
        said.path("address").asText(""),
        said.path("state").asText("unknown").toLowerCase(Locale.ROOT),
        moment(said.path("last_good")),
        said.path("error").isTextual() ? said.path("error").asText() : "",
        number(said.path("reads_per_s")),
        number(said.path("latency_ms")),
        said.path("errors").asLong(0),
        said.path("reconnects").asLong(0));
  }

  /** Which look its state has. */
  public String css() {
    return switch (state) {
      case "up" -> error.isEmpty() ? "healthy" : "attention";
      case "down" -> "fault";
      default -> "waiting";
    };
  }

  static @Nullable Double number(JsonNode value) {
    return value.isNumber() ? value.asDouble() : null;
  }

  static @Nullable Instant moment(JsonNode value) {
    try {
      return value.isTextual() ? OffsetDateTime.parse(value.asText()).toInstant() : null;
    } catch (DateTimeException e) {
      return null;
    }
  }
}
