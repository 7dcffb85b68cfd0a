package io.caravanhub.hub.notify;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.event.EventLog;
import io.caravanhub.hub.rules.Detections;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.StreamSupport;

/** A tenant of the running hub, its events, and the calls of the API that tests make. */
final class Notifying {
  final RunningHub hub = RunningHub.get();
  final String tenant = RunningHub.unique("notify");
  final String admin = hub.token(tenant, "admin");
  private final Instant start =
      Instant.now().minusSeconds(600).truncatedTo(java.time.temporal.ChronoUnit.MILLIS);
  private final String device = hub.device(admin, Map.of("device_type", "pump")).id();

  /** What a call of the API made; it has to be fine. */
  Answer make(String what, Map<String, Object> body) {
    Answer made = hub.post("/api/v1/" + what, admin, body);
    assertThat(made.status()).as(made.body()).isBetween(200, 299);
    return made;
  }

  Answer change(String what, Map<String, Object> body) {
    Answer made = hub.send("PATCH", "/api/v1/" + what, admin, RunningHub.publisher(body));
    assertThat(made.status()).as(made.body()).isEqualTo(200);
    return made;
  }

  JsonNode get(String what) {
    Answer answer = hub.get("/api/v1/" + what, admin);
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return answer.json();
  }

  List<JsonNode> messages(String query) {
    return StreamSupport.stream(get("messages" + query).path("items").spliterator(), false)
        .toList();
  }

  UUID event(String severity, String message) {
    return hub.owner()
        .sql(
            """
            insert into events (tenant_id, dedup_key, device_id, asset_id, rule_id, family, event_type, severity, metric, value, unit,
                                threshold, message, evidence, opened_at, last_seen_at)
            values (:tenant, gen_random_uuid()::text, :device::uuid, null, 'r', 'bearing', 'critical_fault', :severity, 'temperature', 91.5,
                    'Cel', 80, :message, '{"action": "Look", "detector": {"confidence": 0.9}}', now(), now()) returning id\
            """)
        .param("tenant", tenant)
        .param("device", device)
        .param("severity", severity)
        .param("message", message)
        .query(UUID.class)
        .single();
  }

  /** What a rule notices, in seconds from ten minutes ago. */
  void detect(Detection.Kind kind, int onset, int second) {
    RuleDevice of = Detections.device(tenant, device, null);
    hub.bean(EventLog.class)
        .record(
            Detections.of(
                kind,
                of,
                "r",
                "refrigerant",
                "likely_failure",
                start.plusSeconds(onset),
                start.plusSeconds(second)));
  }

  void event(UUID event, String set) {
    hub.owner().sql("update events set " + set + " where id = ?").params(event).update();
  }

  Announced announce(UUID event, String audience, boolean urgent) {
    return TenantScope.call(
        tenant,
        () ->
            hub.bean(ChannelAnnouncer.class)
                .announce(
                    event,
                    new Announcement(
                        Announcement.Kind.NOTIFICATION, audience, null, urgent, "policy")));
  }

  /** A channel to a chat at this address. */
  String chat(String kind, String name, String url) {
    return make(
            "notification-channels",
            Map.of("kind", kind, "name", name, "settings", Map.of("webhook_url", url)))
        .text("id");
  }

  void audience(String name, Map<String, Object> step) {
    make("audiences", Map.of("name", name, "steps", List.of(step)));
  }

  long count(String ofTenant) {
    return hub.owner()
        .sql("select count(*) from " + ofTenant)
        .params(tenant)
        .query(Long.class)
        .single();
  }

  /** What is held is due now. */
  void letGo() {
    hub.owner()
        .sql("update messages set next_attempt_at = now() where tenant_id = ? and state = 'HELD'")
        .params(tenant)
        .update();
  }
}
