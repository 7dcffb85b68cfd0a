package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Rule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The events and jobs that really were, for drafts to be set beside. Thread-safe. */
@Component
class RealEvents {
  private final JdbcClient jdbc;

  RealEvents(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /**
   * An event there was.
   *
   * @param job external identifier of an action it led to, or null
   * @param jobState its state, or null
   */
  record RealEvent(
      UUID id,
      String device,
      String rule,
      String family,
      String status,
      Instant openedAt,
      @Nullable Instant resolvedAt,
      @Nullable String job,
      @Nullable String jobState) {

    /** Whether both were about the same time: an hour apart at most. */
    boolean overlaps(Instant onset, @Nullable Instant cleared) {
      return (cleared == null || openedAt.minusSeconds(3600).isBefore(cleared))
          && (resolvedAt == null || resolvedAt.plusSeconds(3600).isAfter(onset));
    }
  }

  /** Those of the rule or its family on these devices that were open in that time. */
  List<RealEvent> of(Rule rule, Collection<String> devices, Instant from, Instant to) {
    return jdbc.sql(
            """
            select e.id, e.device_id::text as device, e.rule_id, e.family, e.status, e.opened_at, e.resolved_at,
                   a.external_identifier, a.state
              from events e
              left join lateral (
                select x.external_identifier, x.state from event_actions l join actions x on x.id = l.action_id
                 where l.event_id = e.id order by x.created_at limit 1) a on true
             where e.device_id = any(:devices::uuid[]) and (e.rule_id = :rule or e.family = :family)
               and e.opened_at < :to and coalesce(e.resolved_at, 'infinity') >= :from
             order by e.opened_at limit 5000
            """)
        .param("devices", devices.toArray(String[]::new))
        .param("rule", rule.id())
        .param("family", rule.outcome().family())
        .param("from", Timestamp.from(from))
        .param("to", Timestamp.from(to))
        .query(RealEvents::event)
        .list();
  }

  private static RealEvent event(ResultSet row, int number) throws SQLException {
    return new RealEvent(
        row.getObject("id", UUID.class),
        row.getString("device"),
        row.getString("rule_id"),
        row.getString("family"),
        row.getString("status"),
        row.getTimestamp("opened_at").toInstant(),
        Optional.ofNullable(row.getTimestamp("resolved_at")).map(Timestamp::toInstant).orElse(null),
        row.getString("external_identifier"),
        row.getString("state"));
  }
}
