package io.caravanhub.hub.registry;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.telemetry.LatestValues;
import io.caravanhub.hub.telemetry.SharedValues;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Devices as the API shows them, of the tenant in force. Thread-safe. */
@Component("deviceRows")
public class DeviceRows {
  private static final String SELECT =
      """
      select d.*, array(select b.asset_id from bindings b where b.device_id = d.id and b.valid_to is null order by b.valid_from) as assets
        from devices d\
      """;

  private final JdbcClient jdbc;
  private final ObjectMapper json;
  private final LatestValues latest;
  private final SharedValues shared;

  public DeviceRows(JdbcClient jdbc, ObjectMapper json, LatestValues latest, SharedValues shared) {
    this.jdbc = jdbc;
    this.json = json;
    this.latest = latest;
    this.shared = shared;
  }

  /** The device with this id or serial. */
  Map<String, Object> require(String idOrSerial) {
    List<Map<String, Object>> found =
        jdbc.sql(SELECT + " where d.id::text = ? or d.serial = ? limit 1")
            .params(idOrSerial, idOrSerial)
            .query((row, n) -> device(row))
            .list();
    return present(found).stream()
        .findFirst()
        .orElseThrow(() -> ProblemException.notFound("device", idOrSerial));
  }

  List<Map<String, Object>> list(
      @Nullable String after,
      @Nullable String building,
      @Nullable String equipment,
      @Nullable String status,
      @Nullable String parent,
      int limit) {
    return present(
        jdbc.sql(
                SELECT
                    + """
                 where d.connection_type <> 'asset' and (:after::text is null or d.serial > :after) and (:building::text is null or d.building_id = :building)
                   and (:equipment::text is null or d.equipment_id = :equipment) and (:status::text is null or d.status = :status)
                   and (:parent::text is null or d.parent_id = (select id from devices p where p.id::text = :parent or p.serial = :parent limit 1))
                 order by d.serial limit :limit\
                """)
            .param("after", after)
            .param("building", building)
            .param("equipment", equipment)
            .param("status", status)
            .param("parent", parent)
            .param("limit", limit)
            .query((row, n) -> device(row))
            .list());
  }

  /** Says of each whether it is there, as of now. */
  private List<Map<String, Object>> present(List<Map<String, Object>> devices) {
    shared.refresh(devices.stream().map(device -> String.valueOf(device.get("id"))).toList());
    for (Map<String, Object> device : devices) {
      String id = String.valueOf(device.get("id"));
      Instant seen = latest.lastSeen(id);
      device.put("online", Presence.isOnline(latest.of(id), seen));
      device.put("last_seen_at", seen == null ? null : seen.toString());
    }
    return devices;
  }

  /** {@code GET /devices/{d}/status}: is it alive, and what did it say last. */
  public Map<String, Object> status(@Header("deviceId") String idOrSerial) {
    Map<String, Object> device = require(idOrSerial);
    String id = String.valueOf(device.get("id"));
    Map<String, Object> status = new LinkedHashMap<>();
    status.put("id", id);
    status.put("device_serial", device.get("device_serial"));
    status.put("status", device.get("status"));
    status.put("online", device.get("online"));
    status.put("last_seen_at", device.get("last_seen_at"));
    long bad =
        latest.of(id).values().stream()
            .filter(m -> m.quality() != io.caravanhub.core.telemetry.Quality.GOOD)
            .count();
    status.put(
        "metrics", latest.of(id).values().stream().map(Measurement::metric).sorted().toList());
    status.put("metrics_not_good", bad);
    return status;
  }

  /** The id of the device, given by id or serial, whose messages hold another's readings. */
  @Nullable UUID parent(@Nullable String idOrSerial) {
    if (idOrSerial == null || idOrSerial.isBlank()) {
      return null;
    }
    return jdbc.sql("select id from devices where id::text = ? or serial = ? limit 1")
        .params(idOrSerial, idOrSerial)
        .query(UUID.class)
        .optional()
        .orElseThrow(
            () -> ProblemException.badField("parent_id", "no device \"" + idOrSerial + "\""));
  }

  /** The id of a gateway given by id or serial, or null when none is given. */
  @Nullable UUID gateway(@Nullable String idOrSerial) {
    if (idOrSerial == null || idOrSerial.isBlank()) {
      return null;
    }
    return jdbc.sql("select id from gateways where id::text = ? or serial = ?")
        .params(idOrSerial, idOrSerial)
        .query(UUID.class)
        .optional()
        .orElseThrow(
            () -> ProblemException.badField("gateway_id", "no gateway \"" + idOrSerial + "\""));
  }

  private Map<String, Object> device(ResultSet row) throws SQLException {
    String id = row.getString("id");
    Map<String, Object> device = new LinkedHashMap<>();
    device.put("id", id);
    device.put("device_serial", row.getString("serial"));
    for (String column :
        List.of(
            "device_type", "manufacturer", "model", "installation_location", "connection_type")) {
      device.put(column, row.getString(column));
    }
    device.put("connection", read(row.getString("connection")));
    for (String column :
        List.of(
            "mapping",
            "building_id",
            "equipment_id",
            "gateway_id",
            "parent_id",
            "port",
            "status")) {
      device.put(column, row.getString(column));
    }
    device.put("assets", row.getArray("assets").getArray());
    device.put("metadata", read(row.getString("metadata")));
    // Filled in when all rows are read.
    device.put("online", false);
    device.put("last_seen_at", null);
    device.put("created_at", row.getTimestamp("created_at").toInstant().toString());
    return device;
  }

  private Object read(String object) {
    try {
      return json.readValue(object, Map.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
