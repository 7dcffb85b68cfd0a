package io.caravanhub.hub.notify;

import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Announcements that go on to the next of their audience until somebody takes care: the event is
 * acknowledged, dismissed or clear, or a technician has begun since. They wait while it is on the
 * shelf or kept quiet. Thread-safe.
 */
@Component
class Escalations {
  private static final Logger LOG = LoggerFactory.getLogger(Escalations.class);
  private static final int MOST = 100;

  private final JdbcClient jdbc;
  private final AudienceRows audiences;
  private final EventFacts events;
  private final MessagePlanner planner;
  private final Clock clock;
  private final TransactionTemplate nested;

  private record Due(
      UUID id,
      UUID event,
      String audience,
      @Nullable String template,
      boolean urgent,
      int step,
      boolean over,
      boolean waits) {}

  @Autowired
  Escalations(
      JdbcClient jdbc,
      AudienceRows audiences,
      EventFacts events,
      MessagePlanner planner,
      PlatformTransactionManager transactions) {
    this(jdbc, audiences, events, planner, transactions, Clock.systemUTC());
  }

  Escalations(
      JdbcClient jdbc,
      AudienceRows audiences,
      EventFacts events,
      MessagePlanner planner,
      PlatformTransactionManager transactions,
      Clock clock) {
    this.jdbc = jdbc;
    this.audiences = audiences;
    this.events = events;
    this.planner = planner;
    this.clock = clock;
    this.nested = new TransactionTemplate(transactions);
    this.nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
  }

  /**
   * The first step has been planned; the next comes when nobody takes care in time. An event that
   * has come back begins anew.
   */
  void begin(Audience audience, MessagePlanner.Telling telling, String policy) {
    if (audience.step(1) == null) {
      return;
    }
    jdbc.sql(
            """
            insert into escalations (tenant_id, event_id, audience, template, urgent, policy, raises, step, due_at, created_at)
            values (hub_tenant(), :event, :audience, :template, :urgent, :policy, :raises, 1, :due, clock_timestamp())
            on conflict (tenant_id, event_id, audience) do update
               set template = excluded.template, urgent = excluded.urgent, policy = excluded.policy, raises = excluded.raises,
                   step = 1, due_at = excluded.due_at, created_at = excluded.created_at, ended_at = null, reason = null
             where escalations.raises < excluded.raises\
            """)
        .param("event", telling.event())
        .param("audience", audience.name())
        .param("template", telling.template())
        .param("urgent", telling.urgent())
        .param("policy", policy)
        .param("raises", telling.raises())
        .param("due", after(audience.wait(1)))
        .update();
  }

  private Timestamp after(Duration wait) {
    return Timestamp.from(clock.instant().plus(wait));
  }

  /** Goes on with what is due of the tenant in force, inside a transaction. */
  void goOn() {
    for (Due due : due()) {
      try {
        nested.executeWithoutResult(status -> goOn(due));
      } catch (RuntimeException e) {
        LOG.warn("{} is not told of event {} yet: {}", due.audience(), due.event(), e.getMessage());
        later(due);
      }
    }
  }

  private void goOn(Due due) {
    Audience audience = audiences.named(due.audience()).orElse(null);
    Audience.Step step = audience == null ? null : audience.step(due.step());
    if (due.over()) {
      end(due.id(), "somebody takes care of the event, or it is over");
    } else if (audience == null || step == null) {
      end(due.id(), "there is nobody else to be told");
    } else if (due.waits()) {
      later(due);
    } else {
      events
          .of(due.event(), null)
          .ifPresent(
              facts ->
                  planner.plan(
                      step,
                      new MessagePlanner.Telling(
                          due.event(),
                          facts,
                          due.audience(),
                          due.template() == null ? "event" : due.template(),
                          due.urgent(),
                          due.step())));
      next(due, audience);
    }
  }

  /** What is on the shelf or kept quiet is looked at again, for it may come out active. */
  private List<Due> due() {
    return jdbc.sql(
            """
            select x.id, x.event_id as event, x.audience, x.template, x.urgent, x.step,
                   e.status in ('acknowledged', 'dismissed', 'resolved') or e.resolved_at is not null
                   or coalesce(e.acknowledged_at, '-infinity') > coalesce(
                        (select max(c.at) from event_changes c where c.event_id = e.id and c.change in ('returned', 'reopened')),
                        '-infinity')
                   or exists (select from event_actions l join actions a on a.id = l.action_id
                               where l.event_id = e.id
                                 and (a.state = 'IN_PROGRESS' or a.state = 'COMPLETED' and a.updated_at > x.created_at)) as over,
                   e.status = 'shelved'
                   or e.suppressed is not null and not (e.suppressed = 'storm' and e.severity = 'critical') as waits
              from escalations x join events e on e.id = x.event_id
             where x.ended_at is null and x.due_at <= :now
             order by x.due_at limit :most for update of x skip locked\
            """)
        .param("now", Timestamp.from(clock.instant()))
        .param("most", MOST)
        .query(Due.class)
        .list();
  }

  private void later(Due due) {
    jdbc.sql("update escalations set due_at = ? where id = ?")
        .params(after(Duration.ofMinutes(1)), due.id())
        .update();
  }

  private void next(Due due, Audience audience) {
    if (audience.step(due.step() + 1) == null) {
      end(due.id(), "there is nobody else to be told");
      return;
    }
    jdbc.sql("update escalations set step = step + 1, due_at = ? where id = ?")
        .params(after(audience.wait(due.step() + 1)), due.id())
        .update();
  }

  private void end(UUID id, String reason) {
    jdbc.sql("update escalations set ended_at = ?, reason = ? where id = ?")
        .params(Timestamp.from(Instant.now()), reason, id)
        .update();
  }

  /**
   * Nobody has to be told of the event any more.
   *
   * @param at what has begun since then goes on
   */
  void endOf(UUID event, String reason, Instant at) {
    jdbc.sql(
            "update escalations set ended_at = now(), reason = ? where event_id = ? and ended_at is null and created_at <= ?")
        .params(reason, event, Timestamp.from(at))
        .update();
  }
}
