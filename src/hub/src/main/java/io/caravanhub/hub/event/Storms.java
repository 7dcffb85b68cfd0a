package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.Severity;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * More events of a site within a minute than people can look at (ISA-18.2, "Alarm floods"): one
 * event says so, the rest are recorded as its children. They call for nothing while it lasts,
 * critical ones excepted; what is still active afterwards is acted on then. A site is the building
 * of a device; devices without one are a site together. Thread-safe.
 */
final class Storms {
  static final String RULE = "event-storm";

  private final JdbcClient jdbc;
  private final EventLimits limits;

  Storms(JdbcClient jdbc, EventLimits limits) {
    this.jdbc = jdbc;
    this.limits = limits;
  }

  /**
   * What the storm does to a new event.
   *
   * @param quiet whether nothing is to be planned for it
   * @param begun the event of the storm that has begun with it
   */
  record Caught(boolean quiet, Optional<UUID> begun) {}

  /** Within the transaction of the new event. */
  Caught take(UUID event, Detection detection) {
    String site =
        jdbc.sql("select site from events where id = ?").params(event).query(String.class).single();
    Optional<UUID> storm = open(site);
    Optional<UUID> begun = Optional.empty();
    if (storm.isEmpty()) {
      if (!tooMany(site)) {
        return new Caught(false, Optional.empty());
      }
      jdbc.sql("select pg_advisory_xact_lock(hashtextextended('event-storm ' || ? || ' ' || ?, 0))")
          .params(detection.tenant(), site)
          .query((row, n) -> "")
          .single();
      storm = open(site);
      if (storm.isEmpty()) {
        begun = storm = Optional.of(begin(event, site));
      }
    }
    boolean quiet = detection.rule().outcome().severity() != Severity.CRITICAL;
    jdbc.sql(
            """
            update events set parent_id = ?, suppressed = case when ? then 'storm' end, change_note = 'one of too many at once'
             where id = ?
            """)
        .params(storm.get(), quiet, event)
        .update();
    return new Caught(quiet, begun);
  }

  /** Puts an event to the storm that there is at its site by now; false if none. */
  boolean joins(UUID event, Detection detection) {
    return detection.rule().outcome().severity() != Severity.CRITICAL
        && jdbc.sql(
                    """
                    update events e set parent_id = s.id, suppressed = 'storm', change_note = 'one of too many at once'
                      from events s
                     where e.id = ? and s.rule_id = 'event-storm' and s.site = e.site and s.resolved_at is null
                       and s.status not in ('resolved', 'dismissed')
                    """)
                .params(event)
                .update()
            > 0;
  }

  private Optional<UUID> open(String site) {
    return jdbc.sql(
            """
            select id from events where rule_id = 'event-storm' and site = ? and resolved_at is null
               and status not in ('resolved', 'dismissed')
            """)
        .params(site)
        .query(UUID.class)
        .optional();
  }

  private boolean tooMany(String site) {
    return jdbc.sql(
                """
                select count(*) from (select from events
                  where site = ? and created_at > now() - interval '1 minute' limit ?) e
                """)
            .params(site, limits.stormAt(site) + 1)
            .query(Integer.class)
            .single()
        > limits.stormAt(site);
  }

  private UUID begin(UUID event, String site) {
    return jdbc.sql(
            """
            insert into events (tenant_id, dedup_key, device_id, asset_id, rule_id, family, event_type, severity, threshold, message,
                evidence, opened_at, last_seen_at, site)
            select tenant_id, 'storm:' || gen_random_uuid(), device_id, 'site:' || :site, 'event-storm', 'storm', 'warning', 'high', :limit,
                   'More than ' || :limit || ' events within a minute' || case when :site = '' then '' else ' at ' || :site end
                     || '; the others are recorded quietly',
                   jsonb_build_object('rule', 'event-storm', 'action', 'Look for what they have in common: power, network, a plant that stopped.'),
                   now(), now(), :site
              from events where id = :event
            returning id
            """)
        .param("site", site)
        .param("limit", limits.stormAt(site))
        .param("event", event)
        .query(UUID.class)
        .single();
  }

  /** Ends the storms that have calmed down: less than half of what began them in a minute. */
  List<UUID> end() {
    return jdbc.sql(
            """
            update events s
               set resolved_at = now(), status = case s.status when 'dismissed' then s.status else 'resolved' end, value = c.children, change_note = c.children || ' events came with it'
              from (select p.id, (select count(*) from events k where k.parent_id = p.id) as children from events p
                     where p.rule_id = 'event-storm' and p.resolved_at is null) c
             where s.id = c.id and s.created_at < now() - interval '1 minute'
               and (select count(*) from (select from events n where n.tenant_id = s.tenant_id and n.site = s.site
                      and n.created_at > now() - interval '1 minute' limit s.threshold::int) n) * 2 <= s.threshold
            returning s.id
            """)
        .query(UUID.class)
        .list();
  }
}
