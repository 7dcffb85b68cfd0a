package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.database.TenantScope;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What happens to events by the passing of time: shelves are emptied, flapping and storms end, and
 * what was kept quiet and is active still is acted on; series are filled. Each is done once,
 * however many hubs look. Thread-safe.
 */
@Component("eventClock")
public class EventClock {
  private static final Logger LOG = LoggerFactory.getLogger(EventClock.class);
  private static final int ROUNDS_MAX = 20;

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final ActionPlanner planner;
  private final ApplicationEventPublisher publisher;
  private final EventLimits limits;
  private final Shelf shelf;
  private final Returns returns;
  private final Storms storms;
  private final Quieting quieting;
  private final StoredDetections stored;
  private final Problems problems;
  private final EvidenceRows evidence;

  public EventClock(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ActionPlanner planner,
      ApplicationEventPublisher publisher,
      EventLimits limits) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.planner = planner;
    this.publisher = publisher;
    this.limits = limits;
    this.shelf = new Shelf(jdbc);
    this.returns = new Returns(jdbc, limits);
    this.storms = new Storms(jdbc, limits);
    this.quieting = new Quieting(jdbc, returns, limits);
    this.stored = new StoredDetections(jdbc);
    this.problems = new Problems(jdbc);
    this.evidence = new EvidenceRows(jdbc);
  }

  /** Looks after every tenant that has something due. */
  public void tick() {
    for (String tenant : jdbc.sql("select tenants_with_due_events()").query(String.class).list()) {
      try {
        TenantScope.run(tenant, () -> tick(tenant));
      } catch (RuntimeException e) {
        LOG.warn("events of tenant {}: {}", tenant, e.getMessage());
      }
    }
  }

  /** Fills the series that are due, of every tenant. */
  public void fillSeries() {
    for (String tenant : jdbc.sql("select tenants_with_due_series()").query(String.class).list()) {
      try {
        TenantScope.run(tenant, this::fillAll);
      } catch (RuntimeException e) {
        LOG.warn("series of events of tenant {}: {}", tenant, e.getMessage());
      }
    }
  }

  private void fillAll() {
    int rounds = 0;
    while (rounds < ROUNDS_MAX && evidence.fill() > 0) {
      rounds++;
    }
  }

  private void tick(String tenant) {
    shelf.emptied();
    returns.calm();
    storms.end();
    int planned = 0;
    for (UUID id : releasable()) {
      try {
        planned += release(tenant, id);
      } catch (RuntimeException e) {
        LOG.warn("event {} is not acted on yet: {}", id, e.getMessage());
      }
    }
    if (planned > 0) {
      planner.committed(tenant);
    }
  }

  private List<UUID> releasable() {
    return jdbc.sql(
            """
            select e.id from events e left join events p on p.id = e.parent_id
             where e.suppressed is not null and e.resolved_at is null and e.status in ('open', 'acknowledged', 'linked_to_work_order')
               and case e.suppressed
                     when 'shelved' then true
                     when 'flapping' then not e.flapping
                     when 'storm' then p.status in ('resolved', 'dismissed')
                     else coalesce(p.resolved_at, p.closed_at) < now() - :release * interval '1 millisecond' end
             order by e.opened_at limit 200
            """)
        .param("release", limits.release().toMillis())
        .query(UUID.class)
        .list();
  }

  /** Whether it is to be released still; nobody changes it before the transaction ends. */
  private boolean isQuiet(UUID id) {
    return jdbc.sql(
            """
            select id from events
             where id = ? and suppressed is not null and resolved_at is null and status in ('open', 'acknowledged', 'linked_to_work_order')
               for no key update
            """)
        .params(id)
        .query(UUID.class)
        .optional()
        .isPresent();
  }

  private int release(String tenant, UUID id) {
    Integer planned =
        transaction.execute(
            status -> {
              Detection detection = isQuiet(id) ? stored.of(id).orElse(null) : null;
              if (detection == null || quieting.joins(id, detection)) {
                return -1;
              }
              jdbc.sql(
                      "update events set suppressed = null, change_note = 'what kept it quiet has"
                          + " gone, and it is active still' where id = ?")
                  .params(id)
                  .update();
              return planner.plan(problems.recorded(id, detection));
            });
    if (planned == null || planned < 0) {
      return 0;
    }
    stored
        .of(id)
        .ifPresent(
            of -> {
              LOG.info("{} on {} is acted on after all", of.rule().id(), of.device().serial());
              publisher.publishEvent(
                  new EventChange(
                      tenant,
                      id,
                      "open",
                      of.rule().outcome().type().label(),
                      of.rule().outcome().severity().label(),
                      of.device().serial(),
                      of.rule().outcome().message(),
                      Instant.now()));
            });
    return planned;
  }
}
