package io.caravanhub.core.fieldbus;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Set;

/**
 * Reads one connection of a gateway's list, for the gateway and for whoever checks a list before
 * the gateway gets it.
 */
public final class ConnectionFields {
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]*";
  private static final Set<String> KNOWN =
      Set.of(
          "device",
          "protocol",
          "address",
          "unit",
          "map",
          "interval",
          "options",
          "type",
          "manufacturer",
          "model");

  private ConnectionFields() {}

  /**
   * The connection; {@code unit} is 1 and {@code interval} is {@code PT1S} where they are absent.
   *
   * @throws IllegalArgumentException with the field at fault before a colon
   */
  public static FieldbusConnection read(JsonNode connection, String tenant) {
    if (!connection.isObject()) {
      throw new IllegalArgumentException("expected fields");
    }
    connection
        .fieldNames()
        .forEachRemaining(
            field -> {
              if (!KNOWN.contains(field)) {
                throw new IllegalArgumentException(field + ": there is no such setting");
              }
            });
    String protocol = required(connection, "protocol");
    if (!FieldbusOptions.protocols().contains(protocol)) {
      throw new IllegalArgumentException(
          "protocol: expected one of "
              + String.join(", ", FieldbusOptions.protocols())
              + ", got \""
              + protocol
              + "\"");
    }
    return new FieldbusConnection(
        tenant,
        device(connection),
        protocol,
        required(connection, "address"),
        FieldbusOptions.unit(connection),
        required(connection, "map"),
        interval(connection.path("interval").asText("PT1S")),
        FieldbusOptions.read(protocol, connection.path("options")));
  }

  private static String device(JsonNode connection) {
    String name = required(connection, "device");
    if (!name.matches(NAME)) {
      throw new IllegalArgumentException(
          "device: expected letters, digits, dots and dashes, got \"" + name + "\"");
    }
    return name;
  }

  private static Duration interval(String text) {
    try {
      Duration interval = Duration.parse(text);
      if (interval.toMillis() >= 10) {
        return interval;
      }
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException("interval: expected PT1S or the like, got " + text, e);
    }
    throw new IllegalArgumentException("interval: expected at least PT0.01S, got " + text);
  }

  private static String required(JsonNode connection, String field) {
    String text = connection.path(field).asText("");
    if (text.isBlank()) {
      throw new IllegalArgumentException(field + ": is required");
    }
    return text;
  }
}
