package io.caravanhub.hub.devicemap;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.FieldbusOptions;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.ProblemException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Which device a request means: one of the registry, with its own connection, or an address. An
 * address comes without the options that make the hub read its own files or choose its interface,
 * and is none of the link, where machines of a data centre tell secrets to whoever asks (RFC 3927;
 * RFC 4291, section 2.5.6). Thread-safe.
 */
@Component
class BrowseTarget {
  private static final List<String> REGISTERED = List.of("passwordFile", "bind");
  private static final List<String> ADDRESSES = List.of("broadcast", "foreign");
  private static final String METADATA = "fd00:ec2:0:0:0:0:0:254";

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  BrowseTarget(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /**
   * A device that can be looked at.
   *
   * @param protocol as in maps
   */
  record Choice(String id, String serial, String protocol, String address) {}

  /**
   * The registry's devices that the hub reaches by a fieldbus itself and that can be asked, the
   * first 200 by serial: none on a serial line at this machine, which has one asker.
   */
  List<Choice> choices() {
    return jdbc.sql(
            """
            select id::text as id, serial, replace(connection_type, '_', '-') as protocol,
                   connection->>'address' as address from devices
             where connection_type = any(?) and status in ('active', 'maintenance') and gateway_id is null
               and connection->>'address' is not null order by serial limit 200\
            """)
        .params(
            new Object[] {
              FieldbusOptions.protocols().stream()
                  .filter(protocol -> !protocol.equals("modbus-rtu"))
                  .map(protocol -> protocol.replace('-', '_'))
                  .toArray(String[]::new)
            })
        .query(Choice.class)
        .list();
  }

  FieldbusConnection of(Fields fields) {
    String device = fields.optionalText("device");
    if (device != null && !device.isEmpty()) {
      return registered(device);
    }
    JsonNode options = tree(fields.object("options"));
    for (String option : REGISTERED) {
      if (options.has(option)) {
        throw ProblemException.badField(
            "options." + option, "register the device with it, then look at the device");
      }
    }
    refuseLink("address", fields.text("address"));
    for (String option : ADDRESSES) {
      refuseLink("options." + option, options.path(option).asText(""));
    }
    Integer unit = fields.optionalCount("unit", 0, 255);
    return connection(
        "", fields.text("protocol"), fields.text("address"), unit == null ? 1 : unit, options);
  }

  private static void refuseLink(String field, String address) {
    String host =
        address
            .replaceFirst("^[A-Za-z][A-Za-z0-9+.-]*://", "")
            .replaceFirst("/.*", "")
            .replaceFirst("^.*@", "");
    for (String name : List.of(host, host.replaceFirst(":[^:\\]]*$", ""))) {
      if (isOfLink(name)) {
        throw ProblemException.badField(field, "addresses of the link are not asked: " + address);
      }
    }
  }

  private static boolean isOfLink(String host) {
    try {
      return !host.isEmpty()
          && Arrays.stream(InetAddress.getAllByName(host))
              .anyMatch(at -> at.isLinkLocalAddress() || at.getHostAddress().equals(METADATA));
    } catch (UnknownHostException e) {
      return false;
    }
  }

  private FieldbusConnection registered(String idOrSerial) {
    Map<String, Object> row =
        jdbc
            .sql(
                """
                select id::text as id, connection_type, connection::text as connection, gateway_id::text as gateway
                  from devices where id::text = ? or serial = ? limit 1\
                """)
            .params(idOrSerial, idOrSerial)
            .query()
            .listOfRows()
            .stream()
            .findFirst()
            .orElseThrow(() -> ProblemException.notFound("device", idOrSerial));
    String protocol = String.valueOf(row.get("connection_type")).replace('_', '-');
    if (row.get("gateway") != null || !FieldbusOptions.protocols().contains(protocol)) {
      throw ProblemException.conflict(
          "device", "the hub does not reach this device by a fieldbus itself");
    }
    JsonNode connection = tree(String.valueOf(row.get("connection")));
    return connection(
        String.valueOf(row.get("id")),
        protocol,
        connection.path("address").asText(),
        connection.path("unit").asInt(1),
        connection.path("options"));
  }

  private static FieldbusConnection connection(
      String device, String protocol, String address, int unit, JsonNode options) {
    try {
      return new FieldbusConnection(
          CallerContext.current().tenant(),
          device.isEmpty() ? address : device,
          protocol,
          address,
          unit,
          "",
          Duration.ofSeconds(1),
          FieldbusOptions.read(protocol, options));
    } catch (IllegalArgumentException e) {
      String told = String.valueOf(e.getMessage());
      throw ProblemException.badField(told.startsWith("options.") ? "options" : "protocol", told);
    }
  }

  private JsonNode tree(@Nullable String text) {
    try {
      return json.readTree(text == null ? "{}" : text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
