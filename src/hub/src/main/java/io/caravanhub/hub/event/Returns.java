package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Signals that come back, within the transaction of the detection. Within the grace time, or while
 * it flaps, a signal is its earlier event again; later, or once people or work have closed that, it
 * is a new event. Thread-safe.
 */
final class Returns {
  private final JdbcClient jdbc;
  private final EventLimits limits;

  Returns(JdbcClient jdbc, EventLimits limits) {
    this.jdbc = jdbc;
    this.limits = limits;
  }

  /**
   * An event whose signal is active again.
   *
   * @param quiet whether nothing is to be planned: it flaps, is kept quiet or shelved
   */
  record Back(UUID id, boolean quiet) {}

  private record Earlier(
      UUID id,
      boolean fits,
      String status,
      boolean flapping,
      boolean shared,
      @Nullable String closedBy,
      @Nullable Instant resolvedAt) {}

  /** The earlier event, if this is its return. */
  Optional<Back> take(Detection detection) {
    Earlier earlier = newest(detection);
    Instant cleared = earlier == null ? null : earlier.resolvedAt();
    if (earlier == null || cleared == null || !earlier.fits()) {
      return Optional.empty();
    }
    // One of gateway and hub may have ended what the other still sees.
    boolean onAfterAll = earlier.shared() && detection.at().isAfter(cleared);
    if (cleared.isAfter(detection.onset()) && !onAfterAll) {
      return Optional.empty();
    }
    EventState state = EventState.of(earlier.status());
    boolean bySignal =
        state == EventState.RESOLVED
            && earlier.closedBy() != null
            && earlier.closedBy().startsWith("rule:");
    if (state == EventState.DISMISSED || state == EventState.RESOLVED && !bySignal) {
      return Optional.empty();
    }
    boolean flaps = earlier.flapping() || frequent(detection, detection.onset());
    boolean soon = !detection.onset().isAfter(cleared.plus(limits.grace()));
    return soon || flaps
        ? Optional.of(back(earlier.id(), state == EventState.RESOLVED, detection, cleared, flaps))
        : Optional.empty();
  }

  private @Nullable Earlier newest(Detection detection) {
    return jdbc.sql(
            """
            select id, status, flapping, jsonb_exists(evidence, 'gateway') as shared, closed_by, resolved_at,
                   coalesce((select s.event_id = e.id from event_signals s
                              where s.tenant_id = hub_tenant() and s.dedup_key = :key), true) as fits
              from events e
             where device_id = :device and rule_id = :rule order by opened_at desc limit 1 for update
            """)
        .param("device", UUID.fromString(detection.device().id()))
        .param("rule", detection.rule().id())
        .param("key", detection.dedupKey())
        .query(
            (row, n) -> {
              Timestamp resolved = row.getTimestamp("resolved_at");
              return new Earlier(
                  row.getObject("id", UUID.class),
                  row.getBoolean("fits"),
                  row.getString("status"),
                  row.getBoolean("flapping"),
                  row.getBoolean("shared"),
                  row.getString("closed_by"),
                  resolved == null ? null : resolved.toInstant());
            })
        .optional()
        .orElse(null);
  }

  /**
   * Whether the rule has been raised on the device too often of late, this time left out. What came
   * before its work was done counts no more: whatever comes back then is worth a look.
   */
  boolean frequent(Detection detection, Instant now) {
    return jdbc.sql(
            """
            select count(*) >= :flaps from event_signals s join events e on e.id = s.event_id
             where e.device_id = :device and e.rule_id = :rule and s.dedup_key <> :key
               and s.raised_at > :since and s.raised_at <= :now and e.closed_by is distinct from 'fsm'
            """)
        .param("flaps", limits.flaps())
        .param("device", UUID.fromString(detection.device().id()))
        .param("rule", detection.rule().id())
        .param("key", detection.dedupKey())
        .param("since", Timestamp.from(now.minus(limits.flapWindow())))
        .param("now", Timestamp.from(now))
        .query(Boolean.class)
        .single();
  }

  private Back back(
      UUID id, boolean resolved, Detection detection, Instant cleared, boolean flaps) {
    Instant raised = detection.onset().isBefore(cleared) ? detection.at() : detection.onset();
    jdbc.sql(
            """
            insert into event_signals (tenant_id, dedup_key, event_id, raised_at) values (hub_tenant(), ?, ?, ?)
            on conflict (tenant_id, dedup_key) do update set raised_at = excluded.raised_at, cleared_at = null
            """)
        .params(detection.dedupKey(), id, Timestamp.from(raised))
        .update();
    if (resolved) {
      // An order that the FSM takes in this moment finds the event open, or is seen below.
      jdbc.sql(
              """
              select a.id from actions a join event_actions l on l.action_id = a.id
               where l.event_id = ? and a.kind = 'work_order' order by a.created_at, a.id for no key update of a
              """)
          .params(id)
          .query(UUID.class)
          .list();
    }
    boolean quiet =
        jdbc.sql(
                """
                update events e
                   set status = case when status <> 'resolved' then status
                         when exists (select from event_actions l join actions a on a.id = l.action_id
                                       where l.event_id = e.id and a.kind = 'work_order'
                                         and a.state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD')) then 'linked_to_work_order'
                         else 'open' end,
                       resolved_at = null,
                       last_seen_at = greatest(last_seen_at, :seen), value = :value, raises = raises + 1,
                       evidence = (evidence - 'cleared') || cast(:alarm as jsonb),
                       message = case when :alarm = '{}' then message else :message end, flapping = :flaps,
                       suppressed = case when :flaps then 'flapping' else suppressed end,
                       changed_by = 'rule:' || rule_id,
                       change_note = case when :flaps and not flapping then 'it flaps: no further actions until it keeps still' end
                 where id = :id
                returning suppressed is not null or status = 'shelved'
                """)
            .param("seen", Timestamp.from(detection.at()))
            .param("value", ShadowLog.finite(detection.value()))
            .param("alarm", Evidence.alarm(detection))
            .param("message", detection.message())
            .param("flaps", flaps)
            .param("id", id)
            .query(Boolean.class)
            .single();
    jdbc.sql(
            "update event_series set next_at = now(), to_at = null where event_id = ? and next_at"
                + " is null")
        .params(id)
        .update();
    return new Back(id, quiet);
  }

  /** A new event of a signal that flaps; false when it does not. */
  boolean flaps(UUID event, Detection detection) {
    if (!frequent(detection, detection.onset())) {
      return false;
    }
    jdbc.sql(
            "update events set flapping = true, suppressed = 'flapping', change_note = 'raised too"
                + " often of late' where id = ?")
        .params(event)
        .update();
    return true;
  }

  /** Those that have kept still: the ones that are clear are resolved, the others believed. */
  void calm() {
    jdbc.sql(
            """
            update events e
               set flapping = false, suppressed = case when resolved_at is null then suppressed end,
                   status = case when resolved_at is not null and status in ('open', 'acknowledged') then 'resolved' else status end,
                   change_note = 'it has kept still'
             where flapping
               and not exists (select from event_signals s where s.event_id = e.id
                                  and greatest(s.raised_at, s.cleared_at) > now() - :calm * interval '1 millisecond')
            """)
        .param("calm", limits.calm().toMillis())
        .update();
  }
}
