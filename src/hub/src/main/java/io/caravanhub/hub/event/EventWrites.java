package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import java.sql.Timestamp;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * What detections do to rows of events. An event is found by a key, which is one of its signals: an
 * event whose signal came back has several. Thread-safe.
 */
final class EventWrites {
  private static final String OF_KEY =
      "(select s.event_id from event_signals s where s.tenant_id = hub_tenant() and s.dedup_key ="
          + " :key)";

  private final JdbcClient jdbc;

  EventWrites(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The event that this very onset has been recorded with. */
  Optional<UUID> find(Detection detection) {
    return jdbc.sql(
            "select event_id from event_signals where tenant_id = hub_tenant() and dedup_key = ?")
        .params(detection.dedupKey())
        .query(UUID.class)
        .optional();
  }

  Optional<UUID> insert(Detection detection) {
    return jdbc.sql(
            """
            insert into events (tenant_id, dedup_key, device_id, asset_id, rule_id, family,
                event_type, severity, metric, value, unit, threshold, message, evidence, opened_at,
                last_seen_at, site)
            values (:tenant, :key, :device, :asset, :rule, :family, :type, :severity, :metric,
                :value, :unit, :threshold, :message, cast(:evidence as jsonb), :opened, :seen,
                coalesce((select d.building_id from devices d where d.id = :device), ''))
            on conflict (tenant_id, dedup_key) do nothing returning id
            """)
        .param("tenant", detection.tenant())
        .param("key", detection.dedupKey())
        .param("device", UUID.fromString(detection.device().id()))
        .param("asset", detection.device().asset())
        .param("rule", detection.rule().id())
        .param("family", detection.rule().outcome().family())
        .param("type", detection.rule().outcome().type().label())
        .param("severity", detection.rule().outcome().severity().label())
        .param("metric", detection.finding().metric())
        .param("value", ShadowLog.finite(detection.value()))
        .param("unit", detection.unit())
        .param("threshold", ShadowLog.finite(detection.threshold()))
        .param("message", detection.message())
        .param("evidence", Evidence.of(detection))
        .param("opened", Timestamp.from(detection.onset()))
        .param("seen", Timestamp.from(detection.at()))
        .query(UUID.class)
        .optional();
  }

  /** Says that the event of the key is still active, if it has not cleared. */
  boolean refresh(String key, Detection detection) {
    return jdbc.sql(
                """
                update events set last_seen_at = greatest(last_seen_at, :seen),
                       value = case when last_seen_at > :seen then value else :value end
                 where id = %s and resolved_at is null
                """
                    .formatted(OF_KEY))
            .param("seen", Timestamp.from(detection.at()))
            .param("value", ShadowLog.finite(detection.value()))
            .param("key", key)
            .update()
        > 0;
  }

  /**
   * An event that has become worse.
   *
   * @param suppressed why nothing is planned for it, or empty
   */
  record Worse(UUID id, String suppressed) {}

  /** Makes the event of the key worse, once for each step. */
  Optional<Worse> worsen(String key, Detection detection) {
    return jdbc.sql(
            """
            update events
               set severity = :severity, event_type = :type, threshold = :threshold,
                   value = case when last_seen_at > :seen then value else :value end,
                   message = :message, last_seen_at = greatest(last_seen_at, :seen),
                   evidence = evidence || cast(:alarm as jsonb),
                   changed_by = 'rule:' || rule_id, change_note = :message
             where id = %s and resolved_at is null and status not in ('dismissed', 'shelved')
               and (severity, event_type) <> (cast(:severity as text), cast(:type as text))
               and array_position(array['low','medium','high','critical'], severity)
                   <= array_position(array['low','medium','high','critical'], cast(:severity as text))
            returning id, coalesce(suppressed, '') as suppressed
            """
                .formatted(OF_KEY))
        .param("severity", detection.rule().outcome().severity().label())
        .param("type", detection.rule().outcome().type().label())
        .param("threshold", ShadowLog.finite(detection.threshold()))
        .param("value", ShadowLog.finite(detection.value()))
        .param("message", detection.message())
        .param("alarm", Evidence.alarm(detection))
        .param("seen", Timestamp.from(detection.at()))
        .param("key", key)
        .query(Worse.class)
        .optional();
  }

  /**
   * The signal has cleared; one that flaps is resolved when it has kept still for a while. What is
   * told late of an earlier raise, after the signal came back, clears nothing.
   */
  Optional<UUID> clear(String key, Detection detection) {
    return jdbc.sql(
            """
            update events
               set status = case when status in ('open', 'acknowledged') and not flapping then 'resolved' else status end,
                   resolved_at = :at,
                   evidence = jsonb_set(evidence, '{cleared}', coalesce(to_jsonb(cast(:value as float8)), 'null')),
                   changed_by = 'rule:' || rule_id
             where id = %s and resolved_at is null
               and not exists (select from event_signals n where n.event_id = events.id and n.dedup_key <> :key
                                  and n.cleared_at is null and n.raised_at > :at)
            returning id
            """
                .formatted(OF_KEY))
        .param("at", Timestamp.from(detection.at()))
        .param("value", ShadowLog.finite(detection.value()))
        .param("key", key)
        .query(UUID.class)
        .optional();
  }
}
