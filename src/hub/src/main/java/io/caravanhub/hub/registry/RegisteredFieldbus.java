package io.caravanhub.hub.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.FieldbusOptions;
import io.caravanhub.core.fieldbus.FieldbusStatus;
import io.caravanhub.hub.database.TenantScope;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The registry's devices that the hub reads itself: connection_type {@code modbus_tcp}, {@code
 * modbus_rtu_tcp}, {@code modbus_rtu}, {@code opcua} or {@code bacnet}, with {@code connection
 * {address, unit?, map, interval?, options?}}. One that is not whole is told once and left out.
 * Thread-safe.
 */
@Component
public class RegisteredFieldbus {
  private static final Logger LOG = LoggerFactory.getLogger(RegisteredFieldbus.class);

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  RegisteredFieldbus(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** The connections of a protocol that are whole, of all tenants, whichever hub reads them. */
  public List<FieldbusConnection> list(String protocol) {
    return list(protocol, new ArrayList<>());
  }

  /** As {@link #list(String)}; those that are wrong are added: down, with the reason. */
  List<FieldbusConnection> list(String protocol, List<FieldbusStatus> wrong) {
    List<FieldbusConnection> connections = new ArrayList<>();
    List<String> tenants =
        jdbc.sql("select tenants_with_devices(?)")
            .param(protocol.replace('-', '_'))
            .query(String.class)
            .list();
    for (String tenant : tenants) {
      TenantScope.run(tenant, () -> addAll(tenant, protocol, connections, wrong));
    }
    return connections;
  }

  private void addAll(
      String tenant, String protocol, List<FieldbusConnection> into, List<FieldbusStatus> wrong) {
    jdbc.sql(
            """
            select id::text, serial, connection::text from devices
             where connection_type = ? and status in ('active', 'maintenance') and gateway_id is null\
            """)
        .params(protocol.replace('-', '_'))
        .query(
            row -> {
              String connection = row.getString(3);
              try {
                into.add(read(tenant, row.getString(1), protocol, json.readTree(connection)));
              } catch (JsonProcessingException | IllegalArgumentException | DateTimeException e) {
                wrong.add(
                    FieldbusStatus.wrong(
                        tenant, row.getString(1), protocol, "connection." + e.getMessage()));
                if (told.add(row.getString(1) + connection)) {
                  LOG.warn(
                      "Device {} is not read: connection.{}", row.getString(2), e.getMessage());
                }
              }
            });
  }

  private static FieldbusConnection read(
      String tenant, String device, String protocol, JsonNode connection) {
    for (String field : List.of("address", "map")) {
      if (!connection.path(field).isTextual() || connection.path(field).asText().isBlank()) {
        throw new IllegalArgumentException(field + ": absent");
      }
    }
    Duration interval = Duration.parse(connection.path("interval").asText("PT10S"));
    if (interval.compareTo(Duration.ofMillis(100)) < 0) {
      throw new IllegalArgumentException("interval: expected at least PT0.1S");
    }
    return new FieldbusConnection(
        tenant,
        device,
        protocol,
        connection.path("address").asText(),
        FieldbusOptions.unit(connection),
        connection.path("map").asText(),
        interval,
        FieldbusOptions.read(protocol, connection.path("options")));
  }
}
