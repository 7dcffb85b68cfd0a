package io.caravanhub.hub.event;

import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.rules.Detection;
import java.sql.Timestamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Records what the rules notice. An event and the actions it calls for are one transaction; the
 * same detection recorded again changes nothing. Thread-safe.
 */
@Component("eventLog")
public class EventLog {
  private static final Logger LOG = LoggerFactory.getLogger(EventLog.class);

  private final JdbcClient jdbc;
  private final TransactionTemplate transaction;
  private final ActionPlanner planner;
  private final ApplicationEventPublisher publisher;

  public EventLog(
      JdbcClient jdbc,
      PlatformTransactionManager transactions,
      ActionPlanner planner,
      ApplicationEventPublisher publisher) {
    this.jdbc = jdbc;
    this.transaction = new TransactionTemplate(transactions);
    this.planner = planner;
    this.publisher = publisher;
  }

  /** Records all; each in a transaction of its own. */
  public void recordAll(List<Detection> detections) {
    detections.forEach(this::record);
  }

  /** Records one: inserts the event, refreshes or resolves it. */
  public void record(Detection detection) {
    TenantScope.run(
        detection.tenant(),
        () -> {
          switch (detection.kind()) {
            case RAISE -> raise(detection);
            case ACTIVE -> {
              if (!refresh(detection)) {
                raise(detection);
              }
            }
            case CLEAR -> clear(detection);
          }
        });
  }

  private void raise(Detection detection) {
    Raised raised =
        transaction.execute(
            status -> {
              @Nullable UUID id = insert(detection).orElse(null);
              if (id == null) {
                return null;
              }
              boolean shelved = inheritShelf(id, detection);
              int planned = shelved ? 0 : planner.plan(new RecordedEvent(id, detection));
              return new Raised(id, planned);
            });
    if (raised == null) {
      return;
    }
    LOG.info(
        "{} {} on {}: {}",
        detection.rule().outcome().severity().label(),
        detection.rule().outcome().type().label(),
        detection.device().serial(),
        detection.message());
    publisher.publishEvent(change(detection, raised.id(), "open"));
    if (raised.planned() > 0) {
      planner.committed(detection.tenant());
    }
  }

  private record Raised(UUID id, int planned) {}

  private Optional<UUID> insert(Detection detection) {
    return jdbc.sql(
            """
            insert into events (tenant_id, dedup_key, device_id, asset_id, rule_id, family,
                event_type, severity, metric, value, unit, threshold, message, evidence, opened_at,
                last_seen_at)
            values (:tenant, :key, :device, :asset, :rule, :family, :type, :severity, :metric,
                :value, :unit, :threshold, :message, cast(:evidence as jsonb), :opened, :seen)
            on conflict (tenant_id, dedup_key) do nothing returning id
            """)
        .param("tenant", detection.tenant())
        .param("key", detection.dedupKey())
        .param("device", UUID.fromString(detection.device().id()))
        .param("asset", detection.device().asset())
        .param("rule", detection.rule().id())
        .param("family", detection.rule().outcome().family())
        .param("type", detection.rule().outcome().type().label())
        .param("severity", detection.rule().outcome().severity().label())
        .param("metric", emptyToNull(detection.rule().when().metric()))
        .param("value", detection.value())
        .param("unit", detection.unit())
        .param("threshold", detection.threshold())
        .param("message", detection.message())
        .param("evidence", Evidence.of(detection))
        .param("opened", Timestamp.from(detection.onset()))
        .param("seen", Timestamp.from(detection.at()))
        .query(UUID.class)
        .optional();
  }

  /** While an earlier event of the rule on the device is shelved, a new one is recorded quietly. */
  private boolean inheritShelf(UUID id, Detection detection) {
    return jdbc.sql(
                """
                update events e set status = 'acknowledged', shelved_until = s.until
                  from (select max(shelved_until) as until from events
                         where device_id = :device and rule_id = :rule and shelved_until > now()) s
                 where e.id = :id and s.until is not null
                """)
            .param("device", UUID.fromString(detection.device().id()))
            .param("rule", detection.rule().id())
            .param("id", id)
            .update()
        > 0;
  }

  private boolean refresh(Detection detection) {
    return jdbc.sql(
                """
                update events set last_seen_at = greatest(last_seen_at, :seen), value = :value
                 where dedup_key = :key
                """)
            .param("seen", Timestamp.from(detection.at()))
            .param("value", detection.value())
            .param("key", detection.dedupKey())
            .update()
        > 0;
  }

  private void clear(Detection detection) {
    jdbc.sql(
            """
            update events
               set status = case when status in ('open', 'acknowledged') then 'resolved' else status end,
                   resolved_at = :at,
                   evidence = jsonb_set(evidence, '{cleared}', to_jsonb(cast(:value as float8)))
             where dedup_key = :key and resolved_at is null
            returning id
            """)
        .param("at", Timestamp.from(detection.at()))
        .param("value", detection.value())
        .param("key", detection.dedupKey())
        .query(UUID.class)
        .optional()
        .ifPresent(id -> publisher.publishEvent(change(detection, id, "resolved")));
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

  private static @Nullable String emptyToNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
