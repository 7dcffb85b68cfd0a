package io.caravanhub.hub.fsm;

import io.caravanhub.hub.database.TenantScope;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Asks the FSM from time to time how far it is with the work orders it has. One that is completed
 * or cancelled ends its events, so that the same problem, should it come back, is a new job.
 * Thread-safe.
 */
@Component("readBack")
public class ReadBack {
  private static final Logger LOG = LoggerFactory.getLogger(ReadBack.class);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Duration every;
  private final boolean open;

  public ReadBack(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      @Value("${hub.fsm.read-back.every:PT30S}") Duration every,
      @Value("${hub.fsm.url:}") String url) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.every = every;
    this.open = !url.isBlank();
  }

  /** The work orders to ask for now, of every tenant; each comes up again after a while. */
  public List<OutboxEntry> due() {
    List<OutboxEntry> due = new ArrayList<>();
    if (open) {
      for (String tenant : jdbc.sql("select tenant_ids()").query(String.class).list()) {
        due.addAll(TenantScope.call(tenant, this::dueOfTenant));
      }
    }
    return due;
  }

  private List<OutboxEntry> dueOfTenant() {
    return jdbc.sql(
            """
            with due as (
              select id from actions
               where kind = 'work_order' and state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD')
                 and next_attempt_at <= now()
               order by next_attempt_at limit 50 for update skip locked)
            update actions a set next_attempt_at = now() + :every * interval '1 millisecond'
              from due where a.id = due.id
            returning a.id, a.tenant_id as tenant, a.kind, true as look_up,
                a.external_identifier, a.idempotency_key, a.attempts, a.payload::text as payload
            """)
        .param("every", every.toMillis())
        .query(OutboxEntry.class)
        .list();
  }

  /** Takes over what the FSM answered; an answer that tells nothing changes nothing. */
  public void settle(Exchange exchange) throws IOException {
    OutboxEntry entry = exchange.getVariable(FsmDelivery.ENTRY, OutboxEntry.class);
    FsmAnswer answer = FsmAnswer.of(exchange.getMessage());
    if (entry == null || !answer.success()) {
      return;
    }
    Optional<ActionState> progress = answer.progress(entry.externalIdentifier());
    progress.ifPresent(
        state ->
            TenantScope.run(
                entry.tenant(), () -> transaction.executeWithoutResult(t -> take(entry, state))));
  }

  private void take(OutboxEntry entry, ActionState state) {
    int moved =
        jdbc.sql(
                """
                update actions set state = :state, updated_at = now()
                 where id = :id and state <> :state and state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD')
                """)
            .param("state", state.name())
            .param("id", entry.id())
            .update();
    if (moved == 0) {
      return;
    }
    LOG.info("{} {} is {} at the FSM", entry.kind(), entry.externalIdentifier(), state);
    if (state.isOver()) {
      jdbc.sql(
              """
              update events e
                 set status = 'resolved', resolved_at = coalesce(e.resolved_at, now())
                from event_actions l
               where l.event_id = e.id and l.action_id = :id and e.status = 'linked_to_work_order'
              """)
          .param("id", entry.id())
          .update();
    }
  }
}
