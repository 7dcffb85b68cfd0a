package io.caravanhub.hub.orchestration;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.EventType;
import io.caravanhub.core.rule.Finding;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleOutcome;
import io.caravanhub.core.rule.Severity;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.event.RecordedEvent;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What waits for a time, of every tenant: held actions go out when their hour has come, and
 * policies look again at events that have lasted. Thread-safe, also between processes.
 */
@Component("heldActions")
public class HeldActions {
  private static final Logger LOG = LoggerFactory.getLogger(HeldActions.class);

  private static final int MOST_AT_ONCE = 500;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final Occasions occasions;
  private final Orchestrator orchestrator;

  public HeldActions(
      JdbcClient jdbc, PlatformTransactionManager transactions, Orchestrator orchestrator) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.occasions = new Occasions(jdbc);
    this.orchestrator = orchestrator;
  }

  private record Due(UUID event, String policy, boolean telling, int tries) {}

  /** Looks once. */
  public void look() {
    for (String tenant :
        jdbc.sql("select tenants_with_held_actions()").query(String.class).list()) {
      try {
        TenantScope.run(tenant, () -> look(tenant));
      } catch (RuntimeException e) {
        LOG.warn(
            "What waits for its time of {} is looked at again later: {}", tenant, e.toString());
      }
    }
  }

  private void look(String tenant) {
    Integer released = transaction.execute(status -> release());
    int moved = released == null ? 0 : released;
    for (Due due : due()) {
      try {
        Integer planned = transaction.execute(status -> lookAgain(tenant, due));
        moved += planned == null ? 0 : planned;
      } catch (RuntimeException e) {
        LOG.warn(
            "{} of event {} is looked at again later: {}", due.policy(), due.event(), e.toString());
        later(due);
      }
    }
    if (moved > 0) {
      orchestrator.committed(tenant);
    }
  }

  /** An action all of whose events a person has dismissed meanwhile is not sent any more. */
  private int release() {
    // Who plans locks them too: whatever joins them is seen below, or finds them cancelled.
    UUID[] due =
        jdbc.sql(
                "select id from actions where state = 'HELD' and held_until <= now() for no key"
                    + " update skip locked")
            .query(UUID.class)
            .list()
            .toArray(UUID[]::new);
    if (due.length == 0) {
      return 0;
    }
    jdbc.sql(
            """
            update actions a set state = 'CANCELLED', held_until = null, updated_at = now(), last_error = 'its events were dismissed while it was held'
             where a.id = any (?)
               and not exists (select from event_actions l join events e on e.id = l.event_id where l.action_id = a.id and e.status <> 'dismissed')
            """)
        .params(new Object[] {due})
        .update();
    return jdbc.sql(
            """
            update actions set state = 'PLANNED', held_until = null, next_attempt_at = now(), last_error = null, updated_at = now()
             where id = any (?) and state = 'HELD'
            """)
        .params(new Object[] {due})
        .update();
  }

  private List<Due> due() {
    return jdbc.sql(
            "select event_id as event, policy_id as policy, telling, tries from policy_waits where"
                + " due_at <= now() order by due_at limit ?")
        .params(MOST_AT_ONCE)
        .query(Due.class)
        .list();
  }

  private void later(Due due) {
    jdbc.sql(
            "update policy_waits set due_at = now() + interval '1 minute' where event_id = ? and"
                + " policy_id = ? and telling = ?")
        .params(due.event(), due.policy(), due.telling())
        .update();
  }

  /**
   * One event for one policy. While a person keeps it on the shelf it goes on waiting; what is
   * suppressed is planned anew when it is released. One that somebody changes just now is looked at
   * in the next turn.
   */
  private int lookAgain(String tenant, Due due) {
    String what =
        jdbc.sql(
                """
                select case when e.resolved_at is not null or e.status in ('dismissed', 'resolved') or e.suppressed is not null then 'over'
                            when e.status = 'shelved' then 'later' else 'lasts' end
                  from policy_waits w join events e on e.id = w.event_id
                 where w.event_id = ? and w.policy_id = ? and w.telling = ? and w.due_at <= now() for no key update of w, e skip locked
                """)
            .params(due.event(), due.policy(), due.telling())
            .query(String.class)
            .optional()
            .orElse("another's");
    switch (what) {
      case "later" -> later(due);
      case "over", "lasts" ->
          jdbc.sql("delete from policy_waits where event_id = ? and policy_id = ? and telling = ?")
              .params(due.event(), due.policy(), due.telling())
              .update();
      default -> {}
    }
    if (!what.equals("lasts")) {
      return 0;
    }
    Occasion occasion = occasions.find(due.event()).orElseThrow();
    RecordedEvent event = new RecordedEvent(due.event(), detection(tenant, occasion));
    return due.telling()
        ? orchestrator.tellAgain(event, due.policy(), due.tries())
        : orchestrator.planWaited(event, due.policy());
  }

  /** The event as its rule would tell it now. */
  private static Detection detection(String tenant, Occasion occasion) {
    RuleOutcome outcome =
        new RuleOutcome(
            EventType.valueOf(occasion.type().toUpperCase(Locale.ROOT)),
            Severity.valueOf(occasion.severity().toUpperCase(Locale.ROOT)),
            occasion.family(),
            occasion.text("/event/message"),
            occasion.text("/event/action"),
            occasion.text("/event/failureModeCode"),
            List.of());
    String device = occasion.text("/device/id");
    RuleDevice about =
        new RuleDevice(
            tenant,
            device,
            occasion.text("/device/serial"),
            occasion.text("/device/type"),
            occasion.text("/device/manufacturer"),
            occasion.text("/device/model"),
            occasion.assetKey().equals(device) ? null : occasion.assetKey());
    Finding seen =
        new Finding(
            occasion.text("/event/metric"),
            occasion.facts().at("/event/value").asDouble(Double.NaN),
            occasion.facts().at("/event/threshold").asDouble(Double.NaN),
            occasion.text("/event/unit"),
            null);
    return new Detection(
        Detection.Kind.RAISE,
        about,
        Rule.ofOthers(occasion.rule(), outcome),
        occasion.openedAt(),
        Instant.now(),
        seen);
  }
}
