package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.database.TenantScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.dao.PessimisticLockingFailureException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionCallback;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Records what the rules notice. An event and the actions it calls for are one transaction; the
 * same detection recorded again changes nothing. Thread-safe.
 */
@Component("eventLog")
public class EventLog {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

  private static final int ATTEMPTS = 3;

  private final TransactionTemplate transaction;
  private final ActionPlanner planner;
  private final ApplicationEventPublisher publisher;
  private final ShadowLog shadow;
  private final EventWrites writes;
  private final Returns returns;
  private final Quieting quieting;
  private final Problems problems;
  private final EvidenceRows evidence;

  /** With the limits as shipped. */
  public EventLog(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ActionPlanner planner,
      ApplicationEventPublisher publisher) {
    this(jdbc, transactions, planner, publisher, EventLimits.SHIPPED);
  }

  @Autowired
  public EventLog(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ActionPlanner planner,
      ApplicationEventPublisher publisher,
      EventLimits limits) {
    this.transaction = new TransactionTemplate(transactions);
    this.planner = planner;
    this.publisher = publisher;
    this.shadow = new ShadowLog(jdbc);
    this.writes = new EventWrites(jdbc);
    this.returns = new Returns(jdbc, limits);
    this.quieting = new Quieting(jdbc, returns, limits);
    this.problems = new Problems(jdbc);
    this.evidence = new EvidenceRows(jdbc);
  }

  /** Records all; each in a transaction of its own. */
  public void recordAll(List<Detection> detections) {
    detections.forEach(this::record);
  }

  /** Records one: inserts the event, refreshes, worsens or resolves it. */
  public void record(Detection detection) {
    TenantScope.run(
        detection.tenant(),
        () -> {
          if (detection.rule().shadow()) {
            shadow.record(detection);
            if (detection.kind() == Detection.Kind.CLEAR) {
              clear(detection);
            }
            return;
          }
          switch (detection.kind()) {
            case RAISE -> raise(detection);
            case ACTIVE -> {
              if (!writes.refresh(detection)) {
                raise(detection);
              }
            }
            case ESCALATE -> escalate(detection);
            case CLEAR -> clear(detection);
          }
        });
  }

  /** What a transaction has made known. */
  private static final class Told {
    private final List<EventChange> changes = new ArrayList<>();
    private int planned;
  }

  /**
   * Planning locks actions that the FSM's answers move: when the database ends one of two that wait
   * for each other, it is done again.
   */
  private <T> @Nullable T inTransaction(TransactionCallback<T> work) {
    for (int attempt = 1; ; attempt++) {
      try {
        return transaction.execute(work);
      } catch (PessimisticLockingFailureException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        LOG.info(
            "an event is recorded again, for the database gave way to another: {}", e.getMessage());
      }
    }
  }

  private void raise(Detection detection) {
    Told told =
        inTransaction(
            status -> {
              Told made = new Told();
              raise(detection, made);
              return made;
            });
    tell(detection, told);
  }

  private void raise(Detection detection, Told told) {
    if (writes.find(detection).isPresent()) {
      return;
    }
    Optional<Returns.Back> back = returns.take(detection);
    if (back.isPresent()) {
      UUID id = back.get().id();
      told.changes.add(change(detection, id, "open"));
      if (!back.get().quiet()) {
        plan(id, detection, told);
      }
      return;
    }
    // Another hub may have had this return while the earlier event was waited for.
    if (writes.find(detection).isPresent()) {
      return;
    }
    @Nullable UUID id = writes.insert(detection).orElse(null);
    if (id == null) {
      return;
    }
    evidence.begin(id, detection);
    told.changes.add(change(detection, id, "open"));
    plan(id, detection, told);
  }

  /** Plans what is to be done, unless something keeps the event quiet. */
  private void plan(UUID id, Detection detection, Told told) {
    Quieting.Verdict verdict = quieting.judge(id, detection);
    for (Detection fallen : verdict.fallen()) {
      raise(fallen, told);
      writes.find(fallen).ifPresent(parent -> quieting.adopt(parent, detection));
    }
    for (UUID storm : verdict.storms()) {
      quieting
          .stored(storm)
          .ifPresent(
              of -> {
                told.changes.add(change(of, storm, "open"));
                told.planned += planner.plan(problems.recorded(storm, of));
              });
    }
    if (!verdict.quiet()) {
      told.planned += planner.plan(problems.recorded(id, detection));
    }
  }

  private void tell(Detection detection, @Nullable Told told) {
    if (told == null || told.changes.isEmpty()) {
      return;
    }
    LOG.info(
        "{} {} on {}: {}",
        detection.rule().outcome().severity().label(),
        detection.rule().outcome().type().label(),
        detection.device().serial(),
        detection.message());
    told.changes.forEach(publisher::publishEvent);
    if (told.planned > 0) {
      planner.committed(detection.tenant());
    }
  }

  /** Makes the event worse, once for each step, and looks again at what it calls for. */
  private void escalate(Detection detection) {
    Told told =
        inTransaction(
            status -> {
              EventWrites.Worse worse = writes.worsen(detection).orElse(null);
              if (worse == null) {
                return null;
              }
              Told made = new Told();
              made.changes.add(change(detection, worse.id(), "open"));
              if (quieting.heeds(worse, detection)) {
                made.planned = planner.plan(problems.recorded(worse.id(), detection));
              }
              return made;
            });
    if (told == null) {
      if (!writes.refresh(detection)) {
        raise(detection);
      }
      return;
    }
    tell(detection, told);
  }

  private void clear(Detection detection) {
    UUID cleared =
        transaction.execute(
            status -> {
              UUID id = writes.clear(detection).orElse(null);
              if (id != null) {
                quieting.cleared(id);
              }
              return id;
            });
    if (cleared != null) {
      publisher.publishEvent(change(detection, cleared, "resolved"));
    }
  }

  private static EventChange change(Detection detection, UUID id, String status) {
    return new EventChange(
        detection.tenant(),
        id,
        status,
        detection.rule().outcome().type().label(),
        detection.rule().outcome().severity().label(),
        detection.device().serial(),
        detection.message(),
        detection.at());
  }
}
