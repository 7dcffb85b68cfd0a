package io.caravanhub.hub.asset;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The health of assets of the tenant in force as last judged, and their open events. */
@Component
class HealthRows {
  private final JdbcClient jdbc;
  private final ObjectMapper json;

  HealthRows(JdbcClient jdbc, ObjectMapper json) {
    this.jdbc = jdbc;
    this.json = json;
  }

  /** A judgement that is kept. */
  record Row(
      Instant at,
      double score,
      String band,
      JsonNode reasons,
      JsonNode undecided,
      String judgedBy) {}

  /** Forgets judgements of assets whose health no definition judges any more. */
  void forgetUnjudged() {
    jdbc.sql(
            """
            delete from asset_health h using assets a
             where a.tenant_id = h.tenant_id and a.id = h.asset_id
               and not exists (select from asset_definitions d
                                where d.definition ->> 'health' is not null
                                  and (d.kind = 'type' and d.name = a.asset_type or d.kind = 'asset' and d.name = a.id))\
            """)
        .update();
  }

  /** Notes a judgement in place of the one before. */
  void put(String asset, Instant at, Health health, String judgedBy) {
    jdbc.sql(
            """
            insert into asset_health (tenant_id, asset_id, at, score, band, reasons, undecided, judged_by)
            values (hub_tenant(), ?, ?, ?, ?, ?::jsonb, ?::jsonb, ?)
            on conflict (tenant_id, asset_id) do update set at = greatest(asset_health.at, excluded.at), score = excluded.score,
              band = excluded.band, reasons = excluded.reasons, undecided = excluded.undecided, judged_by = excluded.judged_by\
            """)
        .params(
            asset,
            Timestamp.from(at),
            health.score(),
            health.band().label(),
            write(health.reasons()),
            write(health.undecided()),
            judgedBy)
        .update();
  }

  Optional<Row> find(String asset) {
    return jdbc.sql("select * from asset_health where asset_id = ?")
        .params(asset)
        .query(
            (row, n) ->
                new Row(
                    row.getTimestamp("at").toInstant(),
                    row.getDouble("score"),
                    row.getString("band"),
                    read(row.getString("reasons")),
                    read(row.getString("undecided")),
                    row.getString("judged_by")))
        .optional();
  }

  /** The asset's events that are not over. */
  List<OpenEvent> events(String asset) {
    return jdbc.sql(
            """
            select severity, event_type, family, message from events
             where asset_id = ? and status in ('open', 'acknowledged', 'linked_to_work_order') order by opened_at limit 100\
            """)
        .params(asset)
        .query(
            (row, n) ->
                new OpenEvent(
                    row.getString("severity"),
                    row.getString("event_type"),
                    row.getString("family"),
                    row.getString("message")))
        .list();
  }

  /** The device that stands for the asset, or null when it has not said anything. */
  @Nullable String deviceOf(String asset) {
    return jdbc.sql("select id::text from devices where serial = ? and connection_type = ?")
        .params(AssetDevices.serial(asset), AssetDevices.CONNECTION)
        .query(String.class)
        .optional()
        .orElse(null);
  }

  /** The score as it was 24 hours ago, if it is known. */
  @Nullable Double dayAgo(String asset) {
    return jdbc.sql(
            """
            select t.value from devices d
             cross join lateral telemetry_newest(d.key,
                   (select id from metrics where key = 'health_score' order by tenant_id nulls first limit 1),
                   now() - interval '8 days', now() - interval '1 day') t
             where d.serial = ? and d.connection_type = ?\
            """)
        .params(AssetDevices.serial(asset), AssetDevices.CONNECTION)
        .query(Double.class)
        .optional()
        .orElse(null);
  }

  /** How this score stands among those of its type. */
  HealthView.Fleet fleet(String type, double score) {
    return jdbc.sql(
            """
            select round(avg(h.score)::numeric, 1) as mean, count(*) as assets, count(*) filter (where h.score > ?) as healthier
              from asset_health h join assets a on a.tenant_id = h.tenant_id and a.id = h.asset_id where a.asset_type = ?\
            """)
        .params(score, type)
        .query(
            (row, n) ->
                new HealthView.Fleet(
                    row.getDouble("mean"), row.getInt("assets"), row.getInt("healthier")))
        .single();
  }

  private JsonNode read(String text) {
    try {
      return json.readTree(text);
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
