package io.caravanhub.hub.fsm;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.hub.Acting;
import io.caravanhub.hub.TestDatabase;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.rules.Detections;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A tenant of a test with an FSM connection of its own, whose devices raise events. */
final class Outbound {
  private final Acting acting;
  final String tenant = TestDatabase.tenant();

  Outbound(Acting acting) {
    this.acting = acting;
  }

  /** Connects with a product; secrets are whatever the script calls credentials. */
  UUID connect(FsmConnectionRows rows, String product, Map<String, String> given) {
    UUID id = UUID.randomUUID();
    TenantScope.run(
        tenant,
        () -> {
          rows.insert(id, product, product, "person", given);
          rows.update(
              id,
              "person",
              given,
              RunningOutbox.SETTINGS.seal("fsm/" + tenant + "/" + id, new TreeMap<>(given)));
          rows.state(id, true);
        });
    return id;
  }

  /** Raises a critical fault on an asset. */
  void raise(String asset, String family) {
    String device = TestDatabase.device(tenant, "RTU-" + UUID.randomUUID(), "rooftop_unit", "One");
    Instant now = Instant.now();
    acting.eventLog.record(
        Detections.of(
            Detection.Kind.RAISE,
            Detections.device(tenant, device, asset),
            "r-" + family.replace('_', '-'),
            family,
            "critical_fault",
            now,
            now));
  }

  /** Plans an action as a policy does, of any kind. */
  void plan(String kind, String asset, String family) {
    String device = TestDatabase.device(tenant, "RTU-" + UUID.randomUUID(), "rooftop_unit", "One");
    TestDatabase.owner()
        .sql(
            """
            with e as (
              insert into events (tenant_id, dedup_key, device_id, asset_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at)
              select :tenant, :family, id, null, 'r', :family, 'maintenance_due', 'medium', 'm', now(), now() from devices where id = :device::uuid returning id)
            insert into actions (tenant_id, event_id, kind, external_identifier, idempotency_key, asset, family, payload)
            select :tenant, e.id, :kind, external, md5(e.id::text), :asset, :family,
                   jsonb_build_object('action', jsonb_build_object('externalIdentifier', external, 'priority', 4, 'requestedStart', now(), 'requestedCompletion', now()),
                     'asset', jsonb_build_object('id', :asset, 'name', :asset), 'device', '{"serial": "S-1"}'::jsonb,
                     'event', jsonb_build_object('id', e.id, 'message', 'Filter is due', 'action', 'Look', 'openedAt', now()), 'link', 'http://hub.example')
              from e, (select 'CH-' || upper(left(md5(random()::text), 12)) as external) x\
            """)
        .param("tenant", tenant)
        .param("family", family)
        .param("device", device)
        .param("kind", kind)
        .param("asset", asset)
        .update();
  }

  String text(String sql) {
    return TenantScope.call(
        tenant, () -> JdbcClient.create(acting.dataSource).sql(sql).query(String.class).single());
  }

  long count(String sql) {
    return TestDatabase.count(acting.dataSource, tenant, sql);
  }

  String state() {
    return text("select state from actions");
  }

  /** Actions that wait for a time to come wait no longer. */
  void hurry() {
    TestDatabase.owner()
        .sql("update actions set next_attempt_at = now() where tenant_id = ?")
        .param(tenant)
        .update();
    TestDatabase.owner()
        .sql("update fsm_connections set next_poll_at = now() where tenant_id = ?")
        .param(tenant)
        .update();
  }

  void end() {
    TestDatabase.owner()
        .sql("update actions set state = 'CANCELLED' where tenant_id = ?")
        .param(tenant)
        .update();
    TestDatabase.owner()
        .sql("update fsm_connections set state = 'paused' where tenant_id = ?")
        .param(tenant)
        .update();
  }
}
