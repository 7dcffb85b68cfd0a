package io.caravanhub.hub.orchestration;

import io.caravanhub.hub.event.ActionPlanner;
import io.caravanhub.hub.event.RecordedEvent;
import io.caravanhub.hub.rules.Detection;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Plans actions by the tenant's policies. One problem of one asset leads to one action of a kind:
 * while such an action is under way, and for its grouping window, further events join it.
 */
@Component("orchestrator")
public class Orchestrator implements ActionPlanner {
  private final JdbcClient jdbc;
  private final Policies policies;
  private final WorkFacts facts;
  private final ApplicationEventPublisher publisher;

  public Orchestrator(
      JdbcClient jdbc, Policies policies, WorkFacts facts, ApplicationEventPublisher publisher) {
    this.jdbc = jdbc;
    this.policies = policies;
    this.facts = facts;
    this.publisher = publisher;
  }

  @Override
  public int plan(RecordedEvent event) {
    int planned = 0;
    for (Policy policy : policies.matching(event.detection().rule().outcome())) {
      planned += plan(event, policy);
    }
    return planned;
  }

  private int plan(RecordedEvent event, Policy policy) {
    Detection detection = event.detection();
    String family = detection.rule().outcome().family();
    Grouping group = new Grouping(detection.tenant(), event.asset(), family, policy.then().kind());
    jdbc.sql("select pg_advisory_xact_lock(:lock)")
        .param("lock", group.lock())
        .query((row, n) -> "")
        .single();
    Optional<UUID> underWay = underWay(group, policy.then().window());
    if (underWay.isPresent()) {
      link(event.id(), underWay.get());
      return 0;
    }
    // One that the FSM refused for good does not stand in the way of the next attempt at the
    // problem.
    for (int generation = 0; ; generation++) {
      String key = group.key(policy.then().window(), detection.onset(), generation);
      Optional<UUID> inserted = insert(event, policy, group, key);
      if (inserted.isPresent()) {
        link(event.id(), inserted.get());
        return 1;
      }
      Earlier earlier =
          jdbc.sql("select id, state = 'DEAD' as dead from actions where idempotency_key = :key")
              .param("key", key)
              .query(Earlier.class)
              .single();
      if (!earlier.dead()) {
        link(event.id(), earlier.id());
        return 0;
      }
    }
  }

  /** The action that has the key already. */
  private record Earlier(UUID id, boolean dead) {}

  private Optional<UUID> underWay(Grouping group, Duration window) {
    return jdbc.sql(
            """
            select id from actions
             where asset = :asset and family = :family and kind = :kind
               and (state not in ('COMPLETED', 'CANCELLED', 'DEAD')
                    or (state <> 'DEAD' and created_at > now() - :window * interval '1 second'))
             order by created_at desc limit 1
            """)
        .param("asset", group.asset())
        .param("family", group.family())
        .param("kind", group.kind())
        .param("window", window.toSeconds())
        .query(UUID.class)
        .optional();
  }

  private Optional<UUID> insert(RecordedEvent event, Policy policy, Grouping group, String key) {
    String external = "CH-" + key.substring(0, 12).toUpperCase(Locale.ROOT);
    return jdbc.sql(
            """
            insert into actions (tenant_id, event_id, kind, external_identifier, idempotency_key,
                payload, asset, family, next_attempt_at)
            values (hub_tenant(), :event, :kind, :external, :key, cast(:payload as jsonb), :asset,
                :family, :now)
            on conflict (tenant_id, idempotency_key) do nothing returning id
            """)
        .param("event", event.id())
        .param("kind", group.kind())
        .param("external", external)
        .param("key", key)
        .param("payload", facts.of(event, policy, external))
        .param("asset", group.asset())
        .param("family", group.family())
        .param("now", Timestamp.from(Instant.now()))
        .query(UUID.class)
        .optional();
  }

  private void link(UUID event, UUID action) {
    jdbc.sql(
            """
            insert into event_actions (tenant_id, event_id, action_id)
            values (hub_tenant(), :event, :action) on conflict do nothing
            """)
        .param("event", event)
        .param("action", action)
        .update();
    jdbc.sql(
            """
            update events set status = 'linked_to_work_order'
             where id = :event and status in ('open', 'acknowledged')
               and exists (select from actions a where a.id = :action and a.kind = 'work_order'
                            and a.state in ('ACCEPTED', 'IN_PROGRESS', 'ON_HOLD'))
            """)
        .param("event", event)
        .param("action", action)
        .update();
  }

  @Override
  public void committed(String tenant) {
    publisher.publishEvent(new ActionsPlanned(tenant));
  }
}
