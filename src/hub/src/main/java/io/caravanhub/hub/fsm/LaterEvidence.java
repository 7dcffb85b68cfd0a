package io.caravanhub.hub.fsm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.fsm.FsmAnswer;
import io.caravanhub.core.fsm.FsmAnswer.Outcome;
import io.caravanhub.core.fsm.FsmOrder;
import io.caravanhub.core.fsm.FsmProduct.Kind;
import io.caravanhub.hub.database.TenantScope;
import io.github.resilience4j.circuitbreaker.CallNotPermittedException;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Events that joined an action after its order was planned: each is appended to the order once, and
 * raises its priority where it is more urgent. Thread-safe, also between processes.
 */
@Component("laterEvidence")
public class LaterEvidence {
  private static final Logger LOG = LoggerFactory.getLogger(LaterEvidence.class);
  private static final int MOST = 20;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JdbcClient jdbc;
  private final FsmLines lines;
  private final OpenOrders orders;

  LaterEvidence(JdbcClient jdbc, FsmLines lines, OpenOrders orders) {
    this.jdbc = jdbc;
    this.lines = lines;
    this.orders = orders;
  }

  private record Due(UUID event, UUID action, @Nullable Integer priority, int attempts) {}

  /** Appends what is due, of every tenant. */
  public void tell() {
    for (String tenant :
        jdbc.sql("select tenants_with_due_evidence()").query(String.class).list()) {
      TenantScope.run(tenant, () -> lines.line(tenant).ifPresent(this::tell));
    }
  }

  private void tell(FsmLine line) {
    for (int n = 0; n < MOST; n++) {
      Optional<Due> due = claim(line.connection().id());
      if (due.isEmpty()) {
        return;
      }
      try {
        tell(line, due.get());
      } catch (CallNotPermittedException e) {
        // Nothing was tried.
        later(due.get(), 5, 1);
        return;
      }
    }
  }

  /**
   * Who claims has longer than two calls take; of one order, one event at a time, for its text is
   * read and written.
   */
  private Optional<Due> claim(@Nullable UUID connection) {
    return jdbc.sql(
            """
            with due as (
              select l.event_id, l.action_id from event_actions l join actions a on a.id = l.action_id
               where l.told_at is null and l.tell_at <= now() and a.kind = 'work_order' and a.fsm_id is not null
                 and a.state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD') and a.connection_id is not distinct from cast(:connection as uuid)
                 and not exists (
                   select from event_actions m join actions b on b.id = m.action_id
                    where m.told_at is null and m.telling_until > now()
                      and b.tenant_id = a.tenant_id and b.fsm_id = a.fsm_id and b.connection_id is not distinct from a.connection_id)
               order by l.created_at, l.event_id limit 1),
            held as (
              select l.event_id, l.action_id from event_actions l join due on due.event_id = l.event_id and due.action_id = l.action_id
               where l.told_at is null and l.tell_at <= now() for update of l skip locked)
            update event_actions l
               set tell_at = now() + interval '150 seconds', telling_until = now() + interval '150 seconds',
                   tell_attempts = l.tell_attempts + 1
              from held where l.event_id = held.event_id and l.action_id = held.action_id
            returning l.event_id as event, l.action_id as action, l.priority, l.tell_attempts as attempts
            """)
        .param("connection", connection)
        .query(Due.class)
        .optional();
  }

  /** It is tried again after half a minute, and later each time; others of its order meanwhile. */
  private void later(Due due) {
    later(due, 30 * Math.pow(2, Math.min(due.attempts() - 1, 10)), 0);
  }

  private void later(Due due, double seconds, int refund) {
    jdbc.sql(
            """
            update event_actions
               set tell_at = now() + :seconds * interval '1 second', telling_until = null, tell_attempts = tell_attempts - :refund
             where event_id = :event and action_id = :action and told_at is null and tell_attempts = :attempts
            """)
        .param("seconds", Math.min(seconds, 3600))
        .param("refund", refund)
        .param("event", due.event())
        .param("action", due.action())
        .param("attempts", due.attempts())
        .update();
  }

  private void tell(FsmLine line, Due due) {
    OutboxEntry entry = entry(due.action());
    Kind kind = line.kind(entry.kind()).orElse(null);
    if (kind == null || kind.append() == null || kind.read() == null) {
      told(due);
      return;
    }
    FsmAnswer read = line.call(kind.read(), entry.facts());
    Optional<FsmOrder> order = read.order(String.valueOf(entry.fsmId()));
    if (!read.success() || order.isEmpty()) {
      later(due);
      return;
    }
    int priority = due.priority() == null ? OpenOrders.priority(entry) : due.priority();
    FsmAnswer answer = orders.write(line, kind, entry, order.get(), evidence(due), priority);
    if (answer.success()) {
      told(due);
    } else if (answer.outcome() == Outcome.REJECTED) {
      LOG.warn("{} takes no further evidence: {}", entry.externalIdentifier(), answer.reason());
      told(due);
    } else {
      later(due);
    }
  }

  private String evidence(Due due) {
    String facts =
        jdbc.sql(
                """
                select jsonb_build_object('event', jsonb_build_object('message', e.message, 'openedAt', e.opened_at),
                         'device', jsonb_build_object('serial', d.serial))::text
                  from events e join devices d on d.id = e.device_id where e.id = ?
                """)
            .params(due.event())
            .query(String.class)
            .single();
    try {
      return OpenOrders.line(JSON.readTree(facts), "event:" + due.event());
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
    }
  }

  private OutboxEntry entry(UUID action) {
    return jdbc.sql(
            "select true as look_up, " + OutboxEntry.COLUMNS + " from actions a where a.id = ?")
        .params(action)
        .query(OutboxEntry.class)
        .single();
  }

  private void told(Due due) {
    jdbc.sql("update event_actions set told_at = now() where event_id = ? and action_id = ?")
        .params(due.event(), due.action())
        .update();
  }
}
