package io.caravanhub.hub.orchestration;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Events of the thread's tenant as policies see them, with all that an FSM may want to know of
 * device and asset. Thread-safe.
 */
@Component
class Occasions implements PolicyCondition.Past {
  private static final String DEVICE =
      """
      'device', jsonb_build_object('id', d.id, 'serial', d.serial,
        'type', d.device_type, 'manufacturer', d.manufacturer, 'model', d.model,
        'location', d.installation_location, 'building', d.building_id),
      'asset', jsonb_build_object('id', coalesce(a.id, %1$s, d.id::text),
        'name', coalesce(a.name, d.serial),
        'location', coalesce(nullif(a.location, ''), d.installation_location),
        'customer', coalesce(a.customer, ''),
        'slaTier', coalesce(a.metadata ->> 'sla_tier', d.metadata ->> 'sla_tier', ''),
        'criticality', coalesce(a.metadata ->> 'criticality', ''),
        'installed', coalesce(a.metadata ->> 'installed', ''),
        'partOf', coalesce((select jsonb_agg(l.id order by l.depth) from asset_lineage(%1$s) l where l.depth > 0), '[]'))
      """;
  private static final String SELECT =
      """
      select e.id, e.tenant_id, e.asset_key, e.opened_at, e.resolved_at, p.opened_at as begun,
             jsonb_build_object(
               'event', jsonb_build_object('id', e.id, 'type', e.event_type, 'severity', e.severity, 'family', e.family,
                 'rule', e.rule_id, 'message', e.message, 'metric', e.metric, 'value', e.value, 'unit', e.unit,
                 'threshold', e.threshold, 'openedAt', e.opened_at) || e.evidence,
      """
          + DEVICE.formatted("e.asset_id")
          + """
             )::text as facts
        from events e join devices d on d.id = e.device_id
        left join assets a on a.tenant_id = e.tenant_id and a.id = e.asset_id
        left join problems p on p.id = e.problem_id
      """;

  static final String OCCURRENCES =
      """
      select count(*) from events
       where asset_key = :asset and family = :family and opened_at > :from and opened_at <= :to and id is distinct from :self
      """;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;

  Occasions(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  Optional<Occasion> find(UUID event) {
    return jdbc.sql(SELECT + " where e.id = ?").params(event).query(Occasions::read).optional();
  }

  /**
   * A page of those that opened in that time, oldest first.
   *
   * @param last of the page before, or null
   */
  List<Occasion> between(Instant from, Instant to, @Nullable Occasion last, int most) {
    return jdbc.sql(
            SELECT
                + """
                 where e.opened_at >= :from and e.opened_at < :to and (e.opened_at, e.id) > (:at, coalesce(cast(:id as uuid), '00000000-0000-0000-0000-000000000000'))
                 order by e.opened_at, e.id limit :most
                """)
        .param("from", Timestamp.from(from))
        .param("to", Timestamp.from(to))
        .param("at", Timestamp.from(last == null ? from : last.openedAt()))
        .param("id", last == null ? null : last.event(), java.sql.Types.OTHER)
        .param("most", most)
        .query(Occasions::read)
        .list();
  }

  /** An event that never was, on a device that there is, by id or serial; or on none. */
  Optional<Occasion> imagined(
      String tenant, @Nullable String device, ObjectNode event, Instant at) {
    if (device == null) {
      ObjectNode facts = JSON.createObjectNode();
      facts.set("event", event);
      facts.putObject("device");
      facts.putObject("asset");
      return Optional.of(new Occasion(null, tenant, "", at, null, null, facts));
    }
    return jdbc.sql(
            "select jsonb_build_object("
                + DEVICE.formatted("b.asset_id")
                + """
                  )::text from devices d
                  left join lateral (select asset_id from bindings where device_id = d.id and valid_to is null order by valid_from limit 1) b on true
                  left join assets a on a.tenant_id = d.tenant_id and a.id = b.asset_id
                 where d.id::text = :device or d.serial = :device limit 1
                """)
        .param("device", device)
        .query(String.class)
        .optional()
        .map(
            found -> {
              ObjectNode facts = (ObjectNode) Objects.requireNonNull(PolicyRows.tree(found));
              facts.set("event", event);
              String asset = facts.at("/asset/id").asText();
              return new Occasion(null, tenant, asset, at, null, null, facts);
            });
  }

  @Override
  public int occurrences(Occasion occasion, Duration within) {
    int before =
        jdbc.sql(OCCURRENCES)
            .param("asset", occasion.assetKey())
            .param("family", occasion.family())
            .param("from", Timestamp.from(occasion.openedAt().minus(within)))
            .param("to", Timestamp.from(occasion.openedAt()))
            .param("self", occasion.event(), java.sql.Types.OTHER)
            .query(Integer.class)
            .single();
    return before + 1;
  }

  private static Occasion read(ResultSet row, int number) throws SQLException {
    Timestamp begun = row.getTimestamp("begun");
    Timestamp ended = row.getTimestamp("resolved_at");
    JsonNode facts = PolicyRows.tree(row.getString("facts"));
    return new Occasion(
        row.getObject("id", UUID.class),
        row.getString("tenant_id"),
        row.getString("asset_key"),
        row.getTimestamp("opened_at").toInstant(),
        ended == null ? null : ended.toInstant(),
        begun == null ? null : begun.toInstant(),
        Objects.requireNonNull(facts));
  }
}
