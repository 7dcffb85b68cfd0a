package io.caravanhub.hub.fsm;

import io.caravanhub.hub.database.TenantScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The rows of the table actions on their way to the FSM. A row is marked SENDING before its call
 * goes out, so that a hub that dies in between knows afterwards that it does not know. Thread-safe,
 * also between processes.
 */
@Component("outbox")
public class Outbox {
  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final ApplicationEventPublisher publisher;
  private final boolean open;
  private final BackOff backOff;

  public Outbox(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ApplicationEventPublisher publisher,
      @Value("${hub.fsm.url:}") String url,
      @Value("${hub.fsm.back.off.first:PT1S}") Duration first,
      @Value("${hub.fsm.back.off.longest:PT15S}") Duration longest) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.publisher = publisher;
    this.open = !url.isBlank();
    this.backOff = new BackOff(first, longest);
  }

  /** Takes out what is due, of every tenant; nothing while no FSM is configured. */
  public List<OutboxEntry> claim() {
    List<OutboxEntry> claimed = new ArrayList<>();
    if (open) {
      for (String tenant : tenants()) {
        claimed.addAll(TenantScope.call(tenant, this::claimOfTenant));
      }
    }
    return claimed;
  }

  private List<OutboxEntry> claimOfTenant() {
    return jdbc.sql(
            """
            with due as (
              select id, state as was from actions
               where state in ('PLANNED', 'UNKNOWN') and next_attempt_at <= now()
               order by next_attempt_at limit 50 for update skip locked)
            update actions a
               set state = 'SENDING', attempts = attempts + 1, updated_at = now()
              from due where a.id = due.id
            returning a.id, a.tenant_id as tenant, a.kind, due.was = 'UNKNOWN' as look_up,
                a.external_identifier, a.idempotency_key, a.attempts, a.payload::text as payload
            """)
        .query(OutboxEntry.class)
        .list();
  }

  /** What was on its way when its hub died may have arrived; it is looked up before any retry. */
  public void recover() {
    for (String tenant : tenants()) {
      TenantScope.run(tenant, () -> unsure("state = 'SENDING'"));
    }
  }

  /** As {@link #recover}, for calls that have been out far longer than any time-out. */
  public void recoverStale() {
    for (String tenant : tenants()) {
      TenantScope.run(
          tenant, () -> unsure("state = 'SENDING' and updated_at < now() - interval '2 minutes'"));
    }
  }

  private void unsure(String which) {
    jdbc.sql(
            """
            update actions set state = 'UNKNOWN', next_attempt_at = now(), updated_at = now(),
                   last_error = 'the hub stopped while the call was on its way'
             where\s"""
                + which)
        .update();
  }

  /** The FSM has it. */
  public void accepted(OutboxEntry entry, String fsmId) {
    settle(entry, "ACCEPTED", fsmId, null, Duration.ZERO, 0);
  }

  /** The FSM refuses it, and would again. */
  public void rejected(OutboxEntry entry, String error) {
    settle(entry, "DEAD", null, error, Duration.ZERO, 0);
  }

  /** It certainly did not arrive; it goes out again after the wait, or after the back-off. */
  public void failed(OutboxEntry entry, String error, @Nullable Duration wait) {
    settle(entry, "PLANNED", null, error, longer(entry, wait), 0);
  }

  /** It may have arrived; the FSM is asked after the wait, or after the back-off. */
  public void unknown(OutboxEntry entry, String error, @Nullable Duration wait) {
    settle(entry, "UNKNOWN", null, error, longer(entry, wait), 0);
  }

  private Duration longer(OutboxEntry entry, @Nullable Duration wait) {
    Duration own = backOff.after(entry.attempts());
    return wait != null && wait.compareTo(own) > 0 ? wait : own;
  }

  /** The FSM was asked and does not have it: it goes out at once. */
  public void absent(OutboxEntry entry) {
    settle(entry, "PLANNED", null, "looked up: not there", Duration.ZERO, 0);
  }

  /** It was not tried, because the breaker is open; the attempt does not count. */
  public void notTried(OutboxEntry entry) {
    String state = entry.lookUp() ? "UNKNOWN" : "PLANNED";
    settle(entry, state, null, "waiting: the FSM fails and is given a rest", backOff.after(2), 1);
  }

  private void settle(
      OutboxEntry entry,
      String state,
      @Nullable String fsmId,
      @Nullable String error,
      Duration wait,
      int refund) {
    boolean moved =
        Boolean.TRUE.equals(
            TenantScope.call(
                entry.tenant(),
                () ->
                    transaction.execute(status -> move(entry, state, fsmId, error, wait, refund))));
    if (moved) {
      publisher.publishEvent(
          new ActionChange(
              entry.tenant(),
              entry.id(),
              entry.kind(),
              state,
              entry.externalIdentifier(),
              fsmId,
              error));
    }
  }

  private boolean move(
      OutboxEntry entry,
      String state,
      @Nullable String fsmId,
      @Nullable String error,
      Duration wait,
      int refund) {
    int moved =
        jdbc.sql(
                """
                update actions
                   set state = :state, fsm_id = coalesce(:fsmId, fsm_id), last_error = :error,
                       attempts = attempts - :refund, updated_at = now(),
                       next_attempt_at = now() + :wait * interval '1 millisecond'
                 where id = :id and state in ('SENDING', 'UNKNOWN')
                """)
            .param("state", state)
            .param("fsmId", fsmId)
            .param("error", error)
            .param("refund", refund)
            .param("wait", wait.toMillis())
            .param("id", entry.id())
            .update();
    if (moved > 0 && state.equals("ACCEPTED") && entry.kind().equals("work_order")) {
      linkEvents(entry.id());
    }
    if (moved > 0 && state.equals("DEAD")) {
      audit(entry, String.valueOf(error));
    }
    return moved > 0;
  }

  private void linkEvents(UUID action) {
    jdbc.sql(
            """
            update events e set status = 'linked_to_work_order' from event_actions l
             where l.event_id = e.id and l.action_id = :action
               and e.status in ('open', 'acknowledged')
            """)
        .param("action", action)
        .update();
  }

  private void audit(OutboxEntry entry, String error) {
    jdbc.sql(
            """
            insert into audit (tenant_id, actor, verb, subject, after)
            values (hub_tenant(), 'hub', 'give-up', :subject, jsonb_build_object('error', :error::text))
            """)
        .param("subject", "action/" + entry.id())
        .param("error", error)
        .update();
  }

  private List<String> tenants() {
    return jdbc.sql("select tenant_ids()").query(String.class).list();
  }
}
