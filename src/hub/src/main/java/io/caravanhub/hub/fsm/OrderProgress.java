package io.caravanhub.hub.fsm;

import io.caravanhub.core.fsm.FsmState;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What the FSM says of an order, for the tenant in force. One that is over ends its events once
 * their signals are clear. A signal that is not clear a while after the work was completed is an
 * event of its own, and the same problem, should it come back, is a new job. Thread-safe.
 */
@Component
class OrderProgress {
  private static final Logger LOG = LoggerFactory.getLogger(OrderProgress.class);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final ApplicationEventPublisher publisher;
  private final Duration clearWithin;

  OrderProgress(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ApplicationEventPublisher publisher,
      @Value("${hub.fsm.clear-within:PT30M}") Duration clearWithin) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.publisher = publisher;
    this.clearWithin = clearWithin;
  }

  private record Moved(String tenant, String kind, String externalIdentifier, String fsmId) {}

  /** The action with this id is in this state at the FSM. */
  void take(UUID action, FsmState state) {
    Optional<Moved> moved = transaction.execute(t -> move(action, state));
    if (moved != null && moved.isPresent()) {
      Moved m = moved.get();
      LOG.info("{} {} is {} at the FSM", m.kind(), m.externalIdentifier(), state);
      publisher.publishEvent(
          new ActionChange(
              m.tenant(), action, m.kind(), state.name(), m.externalIdentifier(), m.fsmId(), null));
    }
  }

  private Optional<Moved> move(UUID action, FsmState state) {
    // A product may open a completed order again, which takes up the job again.
    Optional<Moved> moved =
        jdbc.sql(
                """
                update actions set state = :state, updated_at = now(), next_attempt_at = now() + interval '5 seconds'
                 where id = :id and state <> :state
                   and (state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD')
                        or state = 'COMPLETED' and not :over and updated_at > now() - interval '30 days')
                returning tenant_id as tenant, kind, external_identifier, coalesce(fsm_id, '') as fsm_id
                """)
            .param("state", state.name())
            .param("over", state.isOver())
            .param("id", action)
            .query(Moved.class)
            .optional();
    if (moved.isPresent() && state.isOver()) {
      jdbc.sql(
              """
              update events e
                 set status = 'resolved', changed_by = 'fsm',
                     change_note = case when :cancelled then 'its order was cancelled' else 'its order is completed' end
                from event_actions l
               where l.event_id = e.id and l.action_id = :id and e.status = 'linked_to_work_order'
                 and (e.resolved_at is not null or :cancelled)
                 and not exists (select from event_actions m join actions b on b.id = m.action_id
                                  where m.event_id = e.id and b.id <> :id and b.kind = 'work_order'
                                    and b.state not in ('COMPLETED', 'CANCELLED', 'DEAD'))
              """)
          .param("id", action)
          .param("cancelled", state == FsmState.CANCELLED)
          .update();
      jdbc.sql("update event_actions set told_at = now() where action_id = ? and told_at is null")
          .params(action)
          .update();
    }
    return moved;
  }

  /**
   * Events whose work is completed and whose signals have cleared since are resolved; those whose
   * signals have not cleared for too long lead to an event of their own.
   */
  public List<UUID> lookAtCompleted() {
    jdbc.sql(
            """
            update events e
               set status = 'resolved', changed_by = 'fsm', change_note = 'its order is completed, its signal has cleared'
             where e.status = 'linked_to_work_order' and e.resolved_at is not null
               and exists (select from event_actions l join actions a on a.id = l.action_id
                            where l.event_id = e.id and a.kind = 'work_order')
               and not exists (select from event_actions l join actions a on a.id = l.action_id
                                where l.event_id = e.id and a.kind = 'work_order' and a.state not in ('COMPLETED', 'CANCELLED', 'DEAD'))
            """)
        .update();
    // The signal of a problem that came out so has cleared after all.
    jdbc.sql(
            """
            update events n
               set status = 'resolved', resolved_at = now(), changed_by = 'fsm', change_note = 'the signal has cleared after all'
              from events o
             where n.rule_id = 'completed-not-cleared' and n.status in ('open', 'acknowledged')
               and o.id = (n.evidence ->> 'after')::uuid and o.resolved_at is not null
            """)
        .update();
    return jdbc.sql(
            """
            with late as (
              select e.*, a.fsm_id from events e
                join event_actions l on l.event_id = e.id join actions a on a.id = l.action_id
               where e.status = 'linked_to_work_order' and e.resolved_at is null
                 and a.kind = 'work_order' and a.state = 'COMPLETED'
                 and a.updated_at < now() - :within * interval '1 millisecond'
                 and not exists (select from event_actions m join actions b on b.id = m.action_id
                                  where m.event_id = e.id and b.kind = 'work_order' and b.state not in ('COMPLETED', 'CANCELLED', 'DEAD'))
               for update of e skip locked),
            ended as (
              update events e
                 set status = 'resolved', changed_by = 'fsm', change_note = 'its order is completed, its signal has not cleared'
                from late where e.id = late.id returning e.id)
            insert into events (tenant_id, dedup_key, device_id, asset_id, rule_id, family, event_type, severity, metric, value, unit,
                threshold, message, evidence, opened_at, last_seen_at)
            select hub_tenant(), 'not-cleared:' || late.id, late.device_id, late.asset_id, 'completed-not-cleared', late.family, 'warning',
                   late.severity, late.metric, late.value, late.unit, late.threshold,
                   left('work order ' || coalesce(late.fsm_id, '') || ' is completed, and yet: ' || late.message, 2000),
                   jsonb_build_object('after', late.id, 'description', 'the signal has not cleared after the work was completed'),
                   now(), now()
              from late join ended on ended.id = late.id
            on conflict (tenant_id, dedup_key) do nothing returning id
            """)
        .param("within", clearWithin.toMillis())
        .query(UUID.class)
        .list();
  }
}
