package io.caravanhub.hub.asset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Links of the tenant in force, but for those of devices that stand for assets. Thread-safe. */
@Component
class LinkRows {
  private static final String SELECT =
      """
      select b.id::text as id, b.device_id::text as device, d.serial, b.asset_id, b.role, b.port, b.metrics::text as metrics,
             nullif(b.valid_from, '-infinity') as since, b.valid_to, b.linked_at, b.linked_by
        from bindings b join devices d on d.id = b.device_id
       where b.role <> 'derived'\
      """;
  private static final String NEWEST_FIRST = " order by b.valid_from desc, b.id";

  private final JdbcClient jdbc;
  private final ObjectMapper json;

  LinkRows(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  List<LinkView> ofAsset(String asset) {
    return jdbc.sql(SELECT + " and b.asset_id = ?" + NEWEST_FIRST + " limit 1000")
        .params(asset)
        .query(this::view)
        .list();
  }

  List<LinkView> ofDevice(UUID device) {
    return jdbc.sql(SELECT + " and b.device_id = ?" + NEWEST_FIRST + " limit 1000")
        .params(device)
        .query(this::view)
        .list();
  }

  LinkView require(String id) {
    return jdbc.sql(SELECT + " and b.id = ?::uuid").params(id).query(this::view).single();
  }

  /** Ids of the devices whose readings come in this one's messages. */
  List<String> virtualDevices(UUID device) {
    return jdbc.sql("select id::text from devices where parent_id = ?")
        .params(device)
        .query(String.class)
        .list();
  }

  /** Nobody else changes links of the device before the transaction ends. */
  void lock(UUID device) {
    jdbc.sql("select 1 from devices where id = ? for no key update")
        .params(device)
        .query(row -> {});
  }

  String enter(
      UUID device,
      String asset,
      String role,
      @Nullable String port,
      Map<String, @Nullable String> metrics,
      @Nullable Instant from,
      @Nullable Instant to,
      String by) {
    return jdbc.sql(
            """
            insert into bindings (tenant_id, device_id, asset_id, role, port, metrics, valid_from, valid_to, linked_by)
            values (hub_tenant(), :device, :asset, :role, :port, :metrics::jsonb, coalesce(:from::timestamptz, '-infinity'), :to::timestamptz, :by)
            returning id::text\
            """)
        .param("device", device)
        .param("asset", asset)
        .param("role", role)
        .param("port", port)
        .param("metrics", write(metrics))
        .param("from", from == null ? null : Timestamp.from(from))
        .param("to", to == null ? null : Timestamp.from(to))
        .param("by", by)
        .query(String.class)
        .single();
  }

  /** Ends a link; it never ends before it began. */
  void end(String id, Instant at) {
    jdbc.sql("update bindings set valid_to = greatest(valid_from, ?) where id = ?::uuid")
        .params(Timestamp.from(at), id)
        .update();
  }

  private LinkView view(ResultSet row, int number) throws SQLException {
    return new LinkView(
        row.getString("id"),
        row.getString("device"),
        row.getString("serial"),
        row.getString("asset_id"),
        row.getString("role"),
        row.getString("port"),
        read(row.getString("metrics")),
        moment(row.getTimestamp("since")),
        moment(row.getTimestamp("valid_to")),
        row.getTimestamp("linked_at").toInstant().toString(),
        row.getString("linked_by"));
  }

  // A link that was never in force ends where it began, which may be the beginning of time.
  private static @Nullable String moment(@Nullable Timestamp timestamp) {
    return timestamp == null
            || timestamp.getTime() < Instant.EPOCH.minusSeconds(1L << 40).toEpochMilli()
        ? null
        : timestamp.toInstant().toString();
  }

  private Map<String, @Nullable String> read(String object) {
    try {
      Map<String, @Nullable String> names = new LinkedHashMap<>();
      json.readTree(object)
          .properties()
          .forEach(
              e -> names.put(e.getKey(), e.getValue().isNull() ? null : e.getValue().asText()));
      return names;
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private String write(Object value) {
    try {
      return json.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
