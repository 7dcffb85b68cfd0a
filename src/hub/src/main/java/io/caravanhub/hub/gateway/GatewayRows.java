package io.caravanhub.hub.gateway;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Gateways and their past, of the tenant in force. Thread-safe. */
@Component
public class GatewayRows {
  private static final String SELECT =
      """
      select g.id, g.serial, g.name, g.status, g.last_seen_at, g.health_at, g.health::text as health,
             (select count(*) from devices d where d.gateway_id = g.id and d.status <> 'decommissioned') as devices
        from gateways g\
      """;
  private static final List<String> FIGURES =
      List.of(
          "spool_records",
          "spool_bytes",
          "dropped",
          "uplink",
          "rss_mb",
          "disk_free_mb",
          "temperature_c",
          "clock_offset_ms",
          "connections",
          "connections_down",
          "reads",
          "errors",
          "reconnects");

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final CommandRows commands;

  GatewayRows(JdbcClient jdbc, ObjectMapper json, CommandRows commands) {
    this.jdbc = jdbc;
    this.json = json;
    this.commands = commands;
  }

  /** The gateways after this serial, by serial. */
  public List<GatewayState> page(@Nullable String after, int most) {
    return jdbc.sql(
            SELECT
                + " where :after::text is null or g.serial > :after order by g.serial limit :most")
        .param("after", after)
        .param("most", most)
        .query(this::state)
        .list();
  }

  /** The gateway with this id or serial. */
  public Optional<GatewayState> find(String idOrSerial) {
    return jdbc.sql(SELECT + " where ? in (g.id::text, g.serial) limit 1")
        .params(idOrSerial.replace("\u0000", ""))
        .query(this::state)
        .optional();
  }

  /** Its health in each minute, oldest first. */
  List<Map<String, Object>> history(GatewayState gateway, Instant from, Instant to, int most) {
    return jdbc.sql(
            "select * from gateway_health where gateway_id = ? and at >= ? and at <= ? order by at"
                + " limit ?")
        .params(UUID.fromString(gateway.id()), Timestamp.from(from), Timestamp.from(to), most)
        .query(GatewayRows::minute)
        .list();
  }

  /** A figure of {@code gateway_health} at a time; NaN where the gateway did not say it. */
  public record Point(Instant at, double value) {}

  /** Records in the spool, oldest first, one value for each step of seconds: the highest. */
  public List<Point> spoolDepth(GatewayState gateway, Instant from, long step) {
    return jdbc.sql(
            """
            select to_timestamp(floor(extract(epoch from at) / :step) * :step) as slot, max(spool_records) as records
              from gateway_health where gateway_id = :gateway and at >= :from and spool_records is not null
             group by slot order by slot\
            """)
        .param("step", step)
        .param("gateway", UUID.fromString(gateway.id()))
        .param("from", Timestamp.from(from))
        .query(
            (row, n) -> new Point(row.getTimestamp("slot").toInstant(), row.getDouble("records")))
        .list();
  }

  /** The newest commands sent through it, as the API tells them. */
  public List<Map<String, Object>> commands(GatewayState gateway, int most) {
    return commands.newest(UUID.fromString(gateway.id()), most);
  }

  /** The newest commands to a device, as the API tells them. */
  public List<Map<String, Object>> commandsTo(String device, int most) {
    return commands.list(UUID.fromString(device), most, null).items();
  }

  private static Map<String, Object> minute(ResultSet row, int number) throws SQLException {
    Map<String, Object> minute = new LinkedHashMap<>();
    minute.put("at", row.getTimestamp("at").toInstant().toString());
    for (String figure : FIGURES) {
      minute.put(figure, row.getObject(figure));
    }
    return minute;
  }

  private GatewayState state(ResultSet row, int number) throws SQLException {
    return new GatewayState(
        row.getString("id"),
        row.getString("serial"),
        row.getString("name"),
        row.getString("status"),
        row.getLong("devices"),
        moment(row.getTimestamp("last_seen_at")),
        moment(row.getTimestamp("health_at")),
        read(row.getString("health")));
  }

  private JsonNode read(@Nullable String health) {
    try {
      return health == null ? MissingNode.getInstance() : json.readTree(health);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
    }
  }

  private static @Nullable Instant moment(@Nullable Timestamp at) {
    return at == null ? null : at.toInstant();
  }
}
