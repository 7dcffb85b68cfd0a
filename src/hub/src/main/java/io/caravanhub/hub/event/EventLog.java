package io.caravanhub.hub.event;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.observability.LogIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
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
  private final SharedEvents shared;

  /** With the limits as shipped. */
  public EventLog(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ActionPlanner planner,
      ApplicationEventPublisher publisher) {
    this(jdbc, transactions, planner, publisher, EventLimits.SHIPPED);
  }

  /** Of a hub that is alone. */
  public EventLog(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ActionPlanner planner,
      ApplicationEventPublisher publisher,
      EventLimits limits) {
    this(jdbc, transactions, planner, publisher, limits, () -> true);
  }

  @Autowired
  EventLog(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ActionPlanner planner,
      ApplicationEventPublisher publisher,
      EventLimits limits,
      HubLeases leases) {
    this(jdbc, transactions, planner, publisher, limits, leases::isAlone);
  }

  /**
   * @param alone whether no other hub looks at the same devices
   */
  EventLog(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ActionPlanner planner,
      ApplicationEventPublisher publisher,
      EventLimits limits,
      BooleanSupplier alone) {
    this.transaction = new TransactionTemplate(transactions);
    this.planner = planner;
    this.publisher = publisher;
    this.shadow = new ShadowLog(jdbc);
    this.writes = new EventWrites(jdbc);
    this.returns = new Returns(jdbc, limits);
    this.quieting = new Quieting(jdbc, returns, limits);
    this.problems = new Problems(jdbc);
    this.evidence = new EvidenceRows(jdbc);
    this.shared = new SharedEvents(jdbc, alone);
  }

  /** Records all; each in a transaction of its own. */
  public void recordAll(List<Detection> detections) {
    detections.forEach(this::record);
  }

  /** Records one: inserts the event, refreshes, worsens or resolves it. */
  public void record(Detection detection) {
    note(null, detection);
  }

  /**
   * Records what the rule noticed on a gateway. Where the hub runs the same rule, both tell of one
   * event, though their onsets differ.
   *
   * @param gateway its serial, which the evidence names
   */
  public void recordFrom(String gateway, Detection detection) {
    note(gateway, detection);
  }

  private void note(@Nullable String gateway, Detection detection) {
    TenantScope.run(
        detection.tenant(),
        () -> {
          if (detection.rule().shadow()) {
            shadow.record(detection);
            if (detection.kind() == Detection.Kind.CLEAR) {
              clear(null, detection);
            }
            return;
          }
          switch (detection.kind()) {
            case RAISE -> raise(gateway, detection);
            case ACTIVE -> {
              if (!writes.refresh(detection.dedupKey(), detection)) {
                raise(gateway, detection);
              }
            }
            case ESCALATE -> escalate(gateway, detection);
            case CLEAR -> clear(gateway, detection);
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
        return transaction.execute(
            status -> {
              shared.begin();
              return work.doInTransaction(status);
            });
      } catch (PessimisticLockingFailureException e) {
        if (attempt == ATTEMPTS) {
          throw e;
        }
        LOG.info(
            "an event is recorded again, for the database gave way to another: {}", e.getMessage());
      }
    }
  }

  private void raise(@Nullable String gateway, Detection detection) {
    Told told =
        inTransaction(
            status -> {
              Told made = new Told();
              raise(gateway, detection, made);
              return made;
            });
    tell(detection, told);
  }

  private void raise(@Nullable String gateway, Detection detection, Told told) {
    if (shared.known(detection)) {
      // Both may have it of the same readings, and so know it by the same onset.
      writes.find(detection).ifPresent(id -> shared.joined(id, gateway));
      return;
    }
    shared.lock(detection);
    Optional<SharedEvents.Same> same = shared.find(gateway, detection);
    if (same.isPresent()) {
      join(same.get(), gateway, detection, told);
      return;
    }
    Optional<Returns.Back> back = returns.take(detection);
    if (back.isPresent()) {
      UUID id = back.get().id();
      shared.returned(id, gateway);
      if (detection.kind() == Detection.Kind.ESCALATE
          && worsen(detection.dedupKey(), detection, told)) {
        return;
      }
      told.changes.add(change(detection, id, "open"));
      if (!back.get().quiet()) {
        plan(id, detection, told);
      }
      return;
    }
    // Another hub may have had this return while the earlier event was waited for; or people have
    // closed what one of gateway and hub still sees.
    if (writes.find(detection).isPresent()) {
      return;
    }
    @Nullable UUID id = writes.insert(detection).orElse(null);
    if (id == null) {
      return;
    }
    if (gateway != null) {
      shared.begun(id, gateway);
    }
    evidence.begin(id, detection);
    told.changes.add(change(detection, id, "open"));
    plan(id, detection, told);
  }

  /** What the other of gateway and hub noticed first: an event that is worse now, at most. */
  private void join(
      SharedEvents.Same same, @Nullable String gateway, Detection detection, Told told) {
    shared.joined(same.id(), gateway);
    evidence.begin(same.id(), detection);
    if (!same.over()) {
      writes.refresh(same.key(), detection);
      worsen(same.key(), detection, told);
    }
  }

  private boolean worsen(String key, Detection detection, Told told) {
    EventWrites.Worse worse = writes.worsen(key, detection).orElse(null);
    if (worse == null) {
      return false;
    }
    told.changes.add(change(detection, worse.id(), "open"));
    if (quieting.heeds(worse, detection)) {
      told.planned += planner.plan(problems.recorded(worse.id(), detection));
    }
    return true;
  }

  /** Plans what is to be done, unless something keeps the event quiet. */
  private void plan(UUID id, Detection detection, Told told) {
    Quieting.Verdict verdict = quieting.judge(id, detection);
    for (Detection fallen : verdict.fallen()) {
      raise(null, fallen, told);
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
    LOG.atInfo()
        .addKeyValue(LogIds.DEVICE, detection.device().serial())
        .log(
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
  private void escalate(@Nullable String gateway, Detection detection) {
    Told told =
        inTransaction(
            status -> {
              Told made = new Told();
              return worsen(detection.dedupKey(), detection, made) ? made : null;
            });
    if (told == null) {
      if (!writes.refresh(detection.dedupKey(), detection)) {
        raise(gateway, detection);
      }
      return;
    }
    tell(detection, told);
  }

  private void clear(@Nullable String gateway, Detection detection) {
    UUID cleared =
        inTransaction(
            status -> {
              UUID id = cleared(gateway, detection).orElse(null);
              if (id != null) {
                quieting.cleared(id);
              }
              return id;
            });
    if (cleared != null) {
      publisher.publishEvent(change(detection, cleared, "resolved"));
    }
  }

  private Optional<UUID> cleared(@Nullable String gateway, Detection detection) {
    Optional<UUID> id = writes.clear(detection.dedupKey(), detection);
    if (id.isPresent() || writes.find(detection).isPresent()) {
      return id;
    }
    return shared
        .find(gateway, detection)
        .filter(same -> !same.over() && (gateway != null || same.ofHub()))
        .filter(same -> !same.raisedAt().isAfter(detection.at()))
        .flatMap(same -> writes.clear(same.key(), detection));
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
