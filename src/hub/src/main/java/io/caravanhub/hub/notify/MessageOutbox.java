package io.caravanhub.hub.notify;

import io.caravanhub.hub.database.TenantScope;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The rows of the table messages on their way out. A row is marked SENDING before its call goes
 * out, so that a hub that dies in between knows afterwards that it does not know. A lane (a channel
 * or a subscription) has few calls out at once and rests after failures, so that it holds up no
 * other. Thread-safe, also between processes.
 */
@Component("messageOutbox")
public class MessageOutbox {
  private static final Logger LOG = LoggerFactory.getLogger(MessageOutbox.class);
  private static final int STALE_SECONDS = 180;
  private static final int AT_ONCE = 4;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Retries retries;
  private final String me;

  @Autowired
  public MessageOutbox(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      Retries retries,
      @Value("${hub.home:.hub}") Path home) {
    this(jdbc, transactions, retries, name(home));
  }

  /**
   * @param me names this hub, the same after a restart and unlike any other's
   */
  MessageOutbox(
      JdbcClient jdbc, PlatformTransactionManager transactions, Retries retries, String me) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.retries = retries;
    this.me = me;
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

  /** Takes out what is due; the trouble of one tenant keeps nothing of the others back. */
  public List<MessageEntry> claim() {
    List<MessageEntry> claimed = new ArrayList<>();
    for (String tenant :
        jdbc.sql("select tenants_with_due_messages()").query(String.class).list()) {
      try {
        claimed.addAll(TenantScope.call(tenant, this::claimOfTenant));
      } catch (RuntimeException e) {
        LOG.warn("messages of {} cannot be taken out now: {}", tenant, e.getMessage());
      }
    }
    return claimed;
  }

  /** Pagers are told of one event in its order, one after the other. */
  List<MessageEntry> claimOfTenant() {
    jdbc.sql(
            """
            update messages set state = 'DEAD', updated_at = now(), last_error = coalesce(last_error, 'never tried'),
                   reason = 'too late: it could not be sent for a day'
             where state = 'PLANNED' and expires_at < now() and next_attempt_at <= now()\
            """)
        .update();
    return jdbc.sql(
            """
            with lanes as (
              select id, failures from notification_channels where enabled and coalesce(rest_until, '-infinity') <= now()
              union all
              select id, failures from webhook_subscriptions where enabled and coalesce(rest_until, '-infinity') <= now()),
            busy as (select lane, count(*) as calls from messages where state = 'SENDING' group by lane),
            open as (
              select l.id, greatest(0, case when l.failures >= 3 then 1 else :most end - coalesce(b.calls, 0)) as free
                from lanes l left join busy b on b.lane = l.id),
            picked as (
              select p.id from open o cross join lateral (
                select m.id from messages m
                 where m.lane = o.id and m.state = 'PLANNED' and m.next_attempt_at <= now()
                   and not (m.act <> 'tell' and exists (
                     select from messages b where b.lane = m.lane and b.event_id = m.event_id and b.act <> 'tell'
                        and b.state in ('PLANNED', 'SENDING') and b.number < m.number))
                 order by m.urgent desc, m.next_attempt_at, m.number limit o.free) p),
            due as (
              select id from messages where id in (select id from picked) and state = 'PLANNED' for update skip locked)
            update messages m set state = 'SENDING', begun = false, attempts = attempts + 1, updated_at = now(), claimed_by = :me
              from due where m.id = due.id
            returning m.id, m.tenant_id as tenant, m.kind, m.channel_id as channel, m.subscription_id as subscription,
              m.recipient_id as recipient, m.event_id as event, m.name, m.act, m.step, m.address, m.urgent, m.facts::text as facts,
              m.attempts, m.unsure, m.created_at\
            """)
        .param("most", AT_ONCE)
        .param("me", me)
        .query(MessageEntry.class)
        .list();
  }

  /** What this hub had on its way when it died may have arrived. */
  public void recover() {
    for (String tenant : tenantsWithMessagesOut()) {
      TenantScope.run(tenant, () -> unsure(me, 0));
    }
  }

  /** As {@link #recover}, of any hub, for calls that have been out far longer than any time-out. */
  public void recoverStale() {
    for (String tenant : tenantsWithMessagesOut()) {
      try {
        TenantScope.run(tenant, () -> unsure(null, STALE_SECONDS));
      } catch (RuntimeException e) {
        LOG.warn("messages of {} cannot be taken back now: {}", tenant, e.getMessage());
      }
    }
  }

  private List<String> tenantsWithMessagesOut() {
    return jdbc.sql("select tenants_with_messages_out()").query(String.class).list();
  }

  /**
   * It goes out again: once where that may be a second message, and for as long as it takes
   * elsewhere, or where no call had gone out.
   */
  private void unsure(@Nullable String whose, int seconds) {
    jdbc.sql(
            """
            update messages m set unsure = unsure + case when begun then 1 else 0 end, next_attempt_at = now(), updated_at = now(),
                   last_error = 'the hub stopped while it was on its way',
                   state = case when not begun or unsure = 0 or act <> 'tell' or subscription_id is not null then 'PLANNED' else 'DEAD' end,
                   reason = case when not begun or unsure = 0 or act <> 'tell' or subscription_id is not null then reason
                            else 'it may have arrived twice already' end
             where state = 'SENDING' and updated_at <= now() - :seconds * interval '1 second'
               and (cast(:whose as text) is null or claimed_by is null or claimed_by = :whose)\
            """)
        .param("whose", whose)
        .param("seconds", seconds)
        .update();
  }

  /**
   * The call goes out now.
   *
   * @return false when it waited so long that another has taken it
   */
  boolean begins(MessageEntry entry) {
    return TenantScope.call(
        entry.tenant(),
        () ->
            jdbc.sql(
                        "update messages set begun = true, updated_at = now() where id = ? and state = 'SENDING' and attempts = ?")
                    .params(entry.id(), entry.attempts())
                    .update()
                > 0);
  }

  /** Its reader does not want it any more. */
  void suppressed(MessageEntry entry, String reason) {
    TenantScope.run(
        entry.tenant(),
        () ->
            jdbc.sql(
                    "update messages set state = 'SUPPRESSED', reason = ?, updated_at = now() where id = ? and state = 'SENDING'")
                .params(reason, entry.id())
                .update());
  }

  /**
   * Notes what became of an attempt.
   *
   * @param again whether the same message twice is harmless there
   */
  void settle(MessageEntry entry, Outcome outcome, boolean again) {
    TenantScope.run(
        entry.tenant(),
        () -> transaction.executeWithoutResult(status -> settled(entry, outcome, again)));
  }

  /** An attempt whose call never began leaves no doubt, whatever is said of it. */
  private void settled(MessageEntry entry, Outcome outcome, boolean again) {
    boolean unsure = outcome.kind() == Outcome.Kind.UNSURE;
    boolean give = unsure && !again && entry.unsure() > 0;
    String state =
        switch (outcome.kind()) {
          case SENT -> "SENT";
          case REFUSED, GONE -> "DEAD";
          default -> give ? "DEAD" : "PLANNED";
        };
    Duration wait = retries.after(entry, outcome.pause());
    int mine =
        jdbc.sql(
                """
            update messages set state = case when :give and not begun then 'PLANNED' else :state end,
                   last_error = :error, last_status = :status, provider_id = coalesce(:provider, provider_id),
                   reason = case when :give and begun then 'it may have arrived twice already' when :state = 'SENT' then null else reason end,
                   updated_at = now(), unsure = unsure + case when :unsure and begun then 1 else 0 end, next_attempt_at = now() + :wait * interval '1 millisecond',
                   sent_at = case when :state = 'SENT' then now() end
             where id = :id and state = 'SENDING' and attempts = :attempts\
            """)
            .param("state", state)
            .param("error", outcome.reason())
            .param("status", outcome.status())
            .param("provider", outcome.id())
            .param("give", give)
            .param("unsure", unsure)
            .param("wait", wait.toMillis())
            .param("id", entry.id())
            .param("attempts", entry.attempts())
            .update();
    if (mine > 0) {
      lane(entry, outcome);
    }
  }

  /** A message that is refused for itself says nothing against its channel. */
  private void lane(MessageEntry entry, Outcome outcome) {
    String table = entry.channel() == null ? "webhook_subscriptions" : "notification_channels";
    boolean good =
        outcome.kind() == Outcome.Kind.SENT
            || outcome.kind() == Outcome.Kind.REFUSED && entry.channel() != null;
    jdbc.sql(
            good
                ? "update "
                    + table
                    + " set failures = 0, rest_until = null, failing_since = null, last_success_at = now(), last_error = :error where id = :id"
                : "update "
                    + table
                    + """
                       set failures = failures + 1, last_error = :error, last_error_at = now(),
                           failing_since = coalesce(failing_since, now()),
                           rest_until = case when failures >= 2 then now() + least(:longest, :first * power(2, least(failures, 12))) * interval '1 millisecond' end
                     where id = :id\
                    """)
        .param("error", outcome.reason())
        .param("first", retries.first().toMillis())
        .param("longest", retries.rest().toMillis())
        .param("id", entry.channel() == null ? entry.subscription() : entry.channel())
        .update();
  }
}
