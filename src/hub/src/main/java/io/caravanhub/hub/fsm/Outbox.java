package io.caravanhub.hub.fsm;

import io.caravanhub.hub.database.TenantScope;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
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
  private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
  private static final int STALE_SECONDS = 180;
  private static final int REFUSALS = 10;
  private static final String UNASKED = "the search for the asset and its orders is refused: ";
  private static final String ABSENT = "looked up: not there";

  /** How the error of one begins that may have arrived where nobody is asked now. */
  static final String ELSEWHERE = "it may have arrived at ";

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final ApplicationEventPublisher publisher;
  private final FsmLines lines;
  private final BackOff backOff;
  private final String me;

  @Autowired
  public Outbox(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ApplicationEventPublisher publisher,
      FsmLines lines,
      @Value("${hub.home:.hub}") Path home,
      @Value("${hub.fsm.back.off.first:PT1S}") Duration first,
      @Value("${hub.fsm.back.off.longest:PT15S}") Duration longest) {
    this(jdbc, transactions, publisher, lines, name(home), new BackOff(first, longest));
  }

  /**
   * @param me names this hub, the same after a restart and unlike any other's
   */
  Outbox(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ApplicationEventPublisher publisher,
      FsmLines lines,
      String me,
      BackOff backOff) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.publisher = publisher;
    this.lines = lines;
    this.me = me;
    this.backOff = backOff;
  }

  private static String name(Path home) {
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = "localhost";
    }
    return host + ":" + home.toAbsolutePath().normalize();
  }

  /**
   * Takes out what is due, as much as the connections take at once. What one tenant's failing would
   * keep back of the others is on its way already, so it is handed on whatever happens.
   */
  public List<OutboxEntry> claim() {
    List<OutboxEntry> claimed = new ArrayList<>();
    for (String tenant : jdbc.sql("select tenants_with_due_actions()").query(String.class).list()) {
      try {
        lines
            .line(tenant)
            .filter(line -> line.free() > 0)
            .ifPresent(line -> claimed.addAll(TenantScope.call(tenant, () -> claimed(line))));
      } catch (RuntimeException e) {
        LOG.warn("The actions of tenant {} could not be taken out: {}", tenant, e.toString());
      }
    }
    return claimed;
  }

  private List<OutboxEntry> claimed(FsmLine line) {
    holdElsewhere(line.connection().id());
    List<OutboxEntry> entries = claimOfTenant(line.free(), line.connection().id());
    entries.forEach(entry -> line.take(entry.id()));
    return entries;
  }

  /**
   * What may have arrived at a connection that is not the tenant's any more cannot be looked up.
   */
  private void holdElsewhere(@Nullable UUID connection) {
    List<OutboxEntry> elsewhere =
        jdbc.sql(
                "select true as look_up, "
                    + OutboxEntry.COLUMNS
                    + " from actions a where a.state = 'UNKNOWN' and a.next_attempt_at <= now()"
                    + " and a.connection_id is distinct from cast(:connection as uuid) limit 50")
            .param("connection", connection)
            .query(OutboxEntry.class)
            .list();
    for (OutboxEntry entry : elsewhere) {
      String where =
          entry.connection() == null
              ? "the system of HUB_FSM_URL"
              : jdbc.sql("select name from fsm_connections where id = :id")
                  .param("id", entry.connection())
                  .query(String.class)
                  .optional()
                  .orElse("a connection that is no more");
      String error = ELSEWHERE + where + ", which is not asked now";
      Boolean held =
          transaction.execute(
              status -> {
                boolean first =
                    jdbc.sql(
                                "update actions set state = 'HELD', last_error = :error, updated_at = now()"
                                    + " where id = :id and state = 'UNKNOWN'")
                            .param("error", error)
                            .param("id", entry.id())
                            .update()
                        > 0;
                if (first) {
                  audit(entry, error);
                }
                return first;
              });
      if (Boolean.TRUE.equals(held)) {
        tell(entry, "HELD", null, error);
      }
    }
  }

  /** Of one asset the actions go out in the order in which they were planned, one at a time. */
  private List<OutboxEntry> claimOfTenant(int most, @Nullable UUID connection) {
    return jdbc.sql(
            """
            with due as (
              select id, state as was from actions a
               where (state = 'PLANNED' or state = 'UNKNOWN' and connection_id is not distinct from cast(:connection as uuid))
                 and next_attempt_at <= now()
                 and not exists (
                   select from actions b
                    where b.tenant_id = a.tenant_id and b.asset = a.asset and a.asset <> ''
                      and b.state in ('PLANNED', 'SENDING', 'UNKNOWN')
                      and (b.created_at, b.id) < (a.created_at, a.id))
               order by next_attempt_at limit :most for update skip locked)
            update actions a
               set state = 'SENDING', attempts = attempts + 1, updated_at = now(), claimed_by = :me,
                   connection_id = cast(:connection as uuid)
              from due where a.id = due.id
            returning due.was = 'UNKNOWN' as look_up, """
                + OutboxEntry.COLUMNS)
        .param("most", most)
        .param("me", me)
        .param("connection", connection)
        .query(OutboxEntry.class)
        .list();
  }

  /**
   * What this hub had on its way when it died may have arrived, or be about to: it is looked up
   * before any retry, once the product has had its time.
   */
  public void recover() {
    for (String tenant : tenantsWithActionsOut()) {
      unsure(tenant, me, 0);
    }
  }

  /** As {@link #recover}, of any hub, for calls that have been out far longer than any time-out. */
  public void recoverStale() {
    for (String tenant : tenantsWithActionsOut()) {
      unsure(tenant, null, STALE_SECONDS);
    }
  }

  private void unsure(String tenant, @Nullable String whose, int seconds) {
    Duration settle = lines.line(tenant).map(FsmLine::longestSettle).orElse(Duration.ZERO);
    TenantScope.run(tenant, () -> unsure(settle, whose, seconds));
  }

  private void unsure(Duration settle, @Nullable String whose, int seconds) {
    jdbc.sql(
            """
            update actions set state = 'UNKNOWN', updated_at = now(),
                   next_attempt_at = now() + :settle * interval '1 millisecond',
                   last_error = 'the hub stopped while the call was on its way'
             where state = 'SENDING' and updated_at <= now() - :seconds * interval '1 second'
               and (cast(:whose as text) is null or claimed_by is null or claimed_by = :whose)
            """)
        .param("settle", settle.toMillis())
        .param("whose", whose)
        .param("seconds", seconds)
        .update();
  }

  /**
   * Right before a call that makes or changes something: whether the action is still this attempt's
   * to send. When it waited too long, another hub may have taken it over.
   */
  public boolean begin(OutboxEntry entry) {
    return TenantScope.call(
        entry.tenant(),
        () ->
            jdbc.sql(
                        """
                        update actions set updated_at = now()
                         where id = :id and state = 'SENDING' and claimed_by = :me and attempts = :attempts
                        """)
                    .param("id", entry.id())
                    .param("me", me)
                    .param("attempts", entry.attempts())
                    .update()
                > 0);
  }

  /** The FSM has it. */
  public void accepted(OutboxEntry entry, String fsmId) {
    settle(entry, "ACCEPTED", fsmId, null, Duration.ZERO, 0);
  }

  /** Its evidence is in an order that the FSM had already. */
  public void joined(OutboxEntry entry, String fsmId) {
    TenantScope.run(
        entry.tenant(),
        () ->
            jdbc.sql("update actions set joined = true where id = :id")
                .param("id", entry.id())
                .update());
    accepted(entry, fsmId);
  }

  /** Nobody can be asked, and a person has to say. */
  public void held(OutboxEntry entry, String error) {
    settle(entry, "HELD", null, error, Duration.ZERO, 0);
  }

  /** The FSM refuses it, and would again. */
  public void rejected(OutboxEntry entry, String error) {
    settle(entry, "DEAD", null, error, Duration.ZERO, 0);
  }

  /** It certainly did not arrive; it goes out again after the wait, or after the back-off. */
  public void failed(OutboxEntry entry, String error, @Nullable Duration wait) {
    settle(entry, "PLANNED", null, error, longer(entry, wait), 0);
  }

  /**
   * The FSM refuses to be asked what has to be known before. That says nothing against the job, so
   * it waits to be asked again; after ten times in a row a person decides.
   */
  public void unasked(OutboxEntry entry, String refusal, Duration wait) {
    String error = UNASKED + refusal;
    int times =
        TenantScope.call(
            entry.tenant(),
            () ->
                jdbc.sql(
                        """
                        update actions set refusals = case when last_error like :unasked then refusals + 1 else 1 end
                         where id = :id returning refusals
                        """)
                    .param("unasked", UNASKED + "%")
                    .param("id", entry.id())
                    .query(Integer.class)
                    .single());
    if (times < REFUSALS) {
      failed(entry, error, wait);
    } else {
      held(entry, error + " (" + times + " times in a row)");
    }
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
    settle(entry, "PLANNED", null, ABSENT, Duration.ZERO, 0);
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
      tell(entry, state, fsmId, error);
    }
  }

  private void tell(
      OutboxEntry entry, String state, @Nullable String fsmId, @Nullable String error) {
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
                 where id = :id and (state = 'SENDING' and attempts = :attempts and claimed_by = :me
                        or :state = 'ACCEPTED' and state in ('SENDING', 'UNKNOWN', 'PLANNED', 'HELD'))
                """)
            .param("attempts", entry.attempts())
            .param("me", me)
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
    if (moved > 0 && List.of("DEAD", "HELD").contains(state)) {
      audit(entry, String.valueOf(error));
    }
    return moved > 0;
  }

  private void linkEvents(UUID action) {
    jdbc.sql(
            """
            update events e
               set status = 'linked_to_work_order', changed_by = 'fsm', change_note = 'order ' || coalesce(a.fsm_id, '')
              from event_actions l join actions a on a.id = l.action_id
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

  private List<String> tenantsWithActionsOut() {
    return jdbc.sql("select tenants_with_actions_out()").query(String.class).list();
  }
}
