package io.caravanhub.hub.orchestration;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The rows of actions that planning reads and makes, for the thread's tenant. Thread-safe. */
@Component
class ActionRows {
  private final JdbcClient jdbc;

  ActionRows(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** An action that is there. */
  record There(UUID id, String state, String externalIdentifier) {
    boolean over() {
      return List.of("COMPLETED", "CANCELLED", "DEAD").contains(state);
    }

    boolean completed() {
      return state.equals("COMPLETED");
    }

    private boolean unsent() {
      return List.of("PLANNED", "HELD").contains(state);
    }
  }

  /** Keeps others from planning for the same, until the transaction ends. */
  void lock(long number) {
    jdbc.sql("select pg_advisory_xact_lock(:lock)")
        .param("lock", number)
        .query((row, n) -> "")
        .single();
  }

  /**
   * One for the same problem that is under way, or was made since. Only of work orders does an FSM
   * tell when they are over; others are, as far as anybody knows, with their problem. One that is
   * over takes in nothing, but for completed work whose signals have yet to clear, and then not
   * what has come back or become worse since, nor what is worse than all that it was made for.
   */
  Optional<There> underWay(
      Occasion occasion, Grouping group, @Nullable String role, Instant since) {
    return jdbc.sql(
            """
            select id, state, external_identifier from actions a
             where asset = :asset and family = :family and kind = :kind
               and coalesce(payload #>> '{action,role}', '') = :role
               and (state in ('PLANNED', 'HELD', 'SENDING', 'UNKNOWN')
                    or kind = 'work_order' and state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD')
                    or state not in ('COMPLETED', 'CANCELLED', 'DEAD') and created_at >= :since
                    or state = 'COMPLETED' and (kind = 'work_order' or created_at >= :since)
                       and not exists (select from event_changes c
                                        where c.event_id = cast(:event as uuid) and c.change in ('returned', 'worsened') and c.at > a.updated_at)
                       and exists (select from event_actions l join events e on e.id = l.event_id
                                    where l.action_id = a.id and e.resolved_at is null
                                      and (e.status = 'linked_to_work_order' or a.kind <> 'work_order' and e.status not in ('resolved', 'dismissed'))
                                      and (e.event_type = 'critical_fault' or :type <> 'critical_fault')
                                      and array_position(array['low','medium','high','critical'], e.severity)
                                          >= array_position(array['low','medium','high','critical'], cast(:severity as text))))
             order by created_at desc limit 1
            """)
        .param("asset", group.asset())
        .param("family", group.family())
        .param("kind", group.kind())
        .param("role", role == null ? "" : role)
        .param("since", Timestamp.from(since))
        .param("event", occasion.event(), java.sql.Types.OTHER)
        .param("type", occasion.type())
        .param("severity", occasion.severity())
        .query(There.class)
        .optional();
  }

  /**
   * The action as it stays until the transaction ends, so that whoever moves it afterwards sees the
   * event that joins it. One that has been sent is not locked again for an event it has already:
   * who moves it may hold it, and wait for that event.
   */
  There kept(UUID event, There there) {
    boolean seen =
        !there.unsent()
            && jdbc.sql(
                    "select exists (select from event_actions where event_id = ? and action_id = ?)")
                .params(event, there.id())
                .query(Boolean.class)
                .single();
    return seen
        ? there
        : jdbc.sql(
                "select id, state, external_identifier from actions where id = ? for no key update")
            .params(there.id())
            .query(There.class)
            .single();
  }

  Optional<There> ofKey(String key) {
    return jdbc.sql(
            """
            select id, state, external_identifier from actions where idempotency_key = :key
            """)
        .param("key", key)
        .query(There.class)
        .optional();
  }

  static String external(String key) {
    return "CH-" + key.substring(0, 12).toUpperCase(Locale.ROOT);
  }

  /**
   * Plans one, unless the key is there.
   *
   * @param held why it waits, or null when it goes out
   * @param until when it goes out by itself, or null
   */
  Optional<UUID> insert(
      UUID event,
      Grouping group,
      String key,
      String payload,
      @Nullable String held,
      @Nullable Instant until) {
    return jdbc.sql(
            """
            insert into actions (tenant_id, event_id, kind, state, external_identifier, idempotency_key, payload, asset, family,
                last_error, held_until, next_attempt_at, created_at)
            values (hub_tenant(), :event, :kind, case when cast(:held as text) is null then 'PLANNED' else 'HELD' end, :external, :key,
                cast(:payload as jsonb), :asset, :family, :held, :until, coalesce(:until, now()), clock_timestamp())
            on conflict (tenant_id, idempotency_key) do nothing returning id
            """)
        .param("event", event)
        .param("kind", group.kind())
        .param("external", external(key))
        .param("key", key)
        .param("payload", payload)
        .param("asset", group.asset())
        .param("family", group.family())
        .param("held", held)
        .param("until", until == null ? null : Timestamp.from(until), java.sql.Types.TIMESTAMP)
        .query(UUID.class)
        .optional();
  }

  /**
   * An event that joins later is told to the FSM by itself, with the urgency it has. One that joins
   * work that is completed stays as it is: nobody looks after it unless it lasts.
   */
  void link(UUID event, UUID action, int priority, boolean own) {
    jdbc.sql(
            """
            insert into event_actions (tenant_id, event_id, action_id, priority, told_at)
            values (hub_tenant(), :event, :action, :priority, case when :own then now() end)
            on conflict (event_id, action_id) do update
              set priority = excluded.priority, told_at = null, tell_at = now(), tell_attempts = 0
              where event_actions.priority > excluded.priority and not :own
            """)
        .param("event", event)
        .param("action", action)
        .param("priority", priority)
        .param("own", own)
        .update();
    jdbc.sql(
            """
            update events set status = 'linked_to_work_order'
             where id = :event and status in ('open', 'acknowledged')
               and exists (select from actions a where a.id = :action and a.kind = 'work_order'
                            and a.state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD'))
            """)
        .param("event", event)
        .param("action", action)
        .update();
  }

  /**
   * One that waits for its hour or for more confidence goes out after all; not one that may have
   * arrived, or that a person holds.
   */
  boolean release(UUID action) {
    return jdbc.sql(
                """
                update actions set state = 'PLANNED', held_until = null, next_attempt_at = now(), last_error = null, updated_at = now(),
                       payload = payload #- '{action,heldFor}'
                 where id = ? and state = 'HELD' and attempts = 0
                   and (held_until is not null or payload #>> '{action,heldFor}' = 'confidence')
                """)
            .params(action)
            .update()
        > 0;
  }

  /** What has not gone out yet becomes as urgent as this. */
  boolean hasten(UUID action, int priority) {
    return jdbc.sql(
                """
                update actions set payload = jsonb_set(payload, '{action,priority}', to_jsonb(cast(:priority as int))), updated_at = now()
                 where id = :id and state in ('PLANNED', 'HELD') and :priority < coalesce((payload #>> '{action,priority}')::int, 5)
                """)
            .param("id", action)
            .param("priority", priority)
            .update()
        > 0;
  }

  /** How many of the limit's were made since then; those that wait for a person do not count. */
  int madeSince(DayLimit limit, String asset, Instant since) {
    return jdbc.sql(
            """
            select count(*) from actions
             where kind = :kind and created_at >= :since and (not :perAsset or asset = :asset)
               and state not in ('CANCELLED', 'DEAD') and not (state = 'HELD' and held_until is null)
            """)
        .param("kind", limit.kind())
        .param("since", Timestamp.from(since))
        .param("perAsset", limit.perAsset())
        .param("asset", asset)
        .query(Integer.class)
        .single();
  }

  /** The event is looked at again then, for this policy, or before. */
  void wait(UUID event, Deliberation.Wait wait) {
    jdbc.sql(
            """
            insert into policy_waits (tenant_id, event_id, policy_id, due_at) values (hub_tenant(), ?, ?, ?)
            on conflict (event_id, policy_id, telling) do update set due_at = least(policy_waits.due_at, excluded.due_at)
            """)
        .params(event, wait.policy(), Timestamp.from(wait.due()))
        .update();
  }

  /**
   * What the policy has to tell of the event is told again then.
   *
   * @param tries how often it has failed
   */
  void tellAgain(UUID event, Deliberation.Wait wait, int tries) {
    jdbc.sql(
            """
            insert into policy_waits (tenant_id, event_id, policy_id, telling, tries, due_at) values (hub_tenant(), ?, ?, true, ?, ?)
            on conflict (event_id, policy_id, telling) do update set due_at = least(policy_waits.due_at, excluded.due_at)
            """)
        .params(event, wait.policy(), tries, Timestamp.from(wait.due()))
        .update();
  }
}
