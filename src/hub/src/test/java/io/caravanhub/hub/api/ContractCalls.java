package io.caravanhub.hub.api;

import static io.caravanhub.hub.api.ContractBodies.AUDIENCE;
import static io.caravanhub.hub.api.ContractBodies.DEVICE_MAP;
import static io.caravanhub.hub.api.ContractBodies.RELEASE;
import static io.caravanhub.hub.api.ContractBodies.SUBSCRIPTION;
import static io.caravanhub.hub.api.ContractBodies.threshold;
import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.api.ContractBodies.Operation;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/** What calls of the contract need: the things that paths name, made when asked for. */
abstract class ContractCalls {
  final RunningHub hub = RunningHub.get();

  /** What stands for each part of a path, made when an operation asks for it. */
  List<Map.Entry<String, Supplier<String>>> parts(
      String tenant, String admin, Registered device, Operation operation) {
    return List.of(
        Map.entry("{gatewayId}", () -> gateway(admin, operation)),
        Map.entry("{softwareVersion}", () -> release(admin)),
        Map.entry("{typeName}", () -> deviceType(admin, operation)),
        Map.entry("{deviceId}", device::id),
        Map.entry("/assets/{assetId}/definition", () -> defined(admin, "/assets/A/definition")),
        Map.entry("{assetId}", () -> "A"),
        Map.entry("/asset-types/{assetType}", () -> defined(admin, "/asset-types/chiller")),
        Map.entry("{kind}", () -> "devices"),
        Map.entry("{name}", device::id),
        Map.entry("{eventId}", () -> event(tenant, device, operation)),
        Map.entry("{ruleId}", () -> thresholdRule(admin)),
        Map.entry("{policyId}", () -> policy(admin)),
        Map.entry("{bookName}", () -> book(admin)),
        Map.entry("{letterId}", () -> letter(tenant, device)),
        Map.entry("{metricKey}", () -> "temperature"),
        Map.entry("{mappingName}", () -> mapping(tenant)),
        Map.entry("{mapName}", () -> deviceMap(admin)),
        Map.entry("{version}", () -> "1"),
        Map.entry("{noticeId}", () -> notice(tenant)),
        Map.entry("{schemaName}", () -> "events-1"),
        Map.entry("{replayId}", () -> replay(tenant)),
        Map.entry("{connectorName}", () -> "kestrel"),
        Map.entry("{fsmConnectionId}", () -> fsmConnection(admin)),
        Map.entry(
            "{channelId}", () -> make(admin, "notification-channels", Map.of("kind", "in-app"))),
        Map.entry("{recipientId}", () -> make(admin, "recipients", Map.of("name", "A"))),
        Map.entry("{audienceId}", () -> make(admin, "audiences", AUDIENCE)),
        Map.entry(
            "{templateId}",
            () -> make(admin, "notification-templates", Map.of("language", "en", "text", "t"))),
        Map.entry("{subscriptionId}", () -> make(admin, "webhook-subscriptions", SUBSCRIPTION)),
        Map.entry("{messageId}", () -> message(tenant, admin)),
        Map.entry("{inboxId}", () -> inbox(tenant)),
        Map.entry("{actionId}", () -> action(tenant, device)),
        Map.entry("{connectionId}", () -> connection(tenant)));
  }

  String defined(String admin, String path) {
    hub.send("PUT", "/api/v1" + path, admin, RunningHub.publisher("{}"));
    return path;
  }

  String deviceType(String admin, Operation operation) {
    hub.post("/api/v1/device-types", admin, Map.of("name", "T"));
    if (operation.id().equals("device-types.rollback")) {
      put(admin, "/api/v1/device-types/T");
    }
    return "T";
  }

  String deviceMap(String admin) {
    String path = "/api/v1/device-maps/test:own.modbus.yaml";
    Map<String, String> map = Map.of("content", DEVICE_MAP);
    hub.send("PUT", path, admin, RunningHub.publisher(map));
    return "test:own.modbus.yaml";
  }

  String release(String admin) {
    hub.post("/api/v1/gateway-software", admin, RELEASE);
    return "1.0";
  }

  /** A gateway, with a version or a draft where the operation speaks of one. */
  String gateway(String admin, Operation operation) {
    hub.post("/api/v1/gateways", admin, Map.of("serial", "G"));
    String path = "/api/v1/gateways/G/configuration/";
    String files = "{\"files\": {\"fieldbus.yaml\": \"[]\"}}";
    hub.send("PUT", path + "draft", admin, RunningHub.publisher(files));
    if (operation.path().contains("{version}") || operation.id().equals("gateways.rollback")) {
      hub.post(path + "publish", admin, Map.of("reason", "r"));
    }
    return "G";
  }

  String thresholdRule(String admin) {
    hub.post("/api/v1/threshold-rules", admin, threshold("r"));
    return "r";
  }

  String connection(String tenant) {
    return connection(tenant, "webhook");
  }

  String connection(String tenant, String kind) {
    return hub.owner()
        .sql(
            "insert into connections (tenant_id, oem, name, kind) values (?, 'kestrel', 'k', ?)"
                + " returning id::text")
        .params(tenant, kind)
        .query(String.class)
        .single();
  }

  void put(String token, String path) {
    hub.send(
        HttpRequest.newBuilder(hub.uri(path))
            .PUT(RunningHub.publisher("{}"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header("If-Match", "*")
            .build());
  }

  /** An event in a state in which it can be told so. */
  String event(String tenant, Registered device, Operation operation) {
    String status =
        switch (operation.id()) {
          case "events.reopen" -> "resolved";
          case "events.unshelve" -> "shelved";
          default -> "open";
        };
    return hub.owner()
        .sql(
            """
            insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at, status)
            values (?, 'k', ?::uuid, 'r', 'f', 'warning', 'low', 'm', now(), now(), ?) returning id::text\
            """)
        .params(tenant, device.id(), status)
        .query(String.class)
        .single();
  }

  String policy(String admin) {
    hub.post("/api/v1/policies", admin, "{\"id\": \"p\", \"then\": []}");
    return "p";
  }

  String book(String admin) {
    hub.send("PUT", "/api/v1/policy-books/limits", admin, RunningHub.publisher("[]"));
    return "limits";
  }

  String fsmConnection(String admin) {
    return hub.post(
            "/api/v1/fsm-connections",
            admin,
            Map.of("product", "default", "settings", Map.of("url", "http://127.0.0.1:9")))
        .text("id");
  }

  String action(String tenant, Registered device) {
    String event =
        hub.owner()
            .sql(
                """
                insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at)
                values (?, 'a', ?::uuid, 'r', 'f', 'warning', 'low', 'm', now(), now()) returning id::text\
                """)
            .params(tenant, device.id())
            .query(String.class)
            .single();
    return hub.owner()
        .sql(
            """
            insert into actions (tenant_id, event_id, kind, state, external_identifier, idempotency_key, payload)
            values (?, ?::uuid, 'work_order', 'HELD', 'CH-1', 'k', '{"action": {"externalIdentifier": "CH-1"}}') returning id::text\
            """)
        .params(tenant, event)
        .query(String.class)
        .single();
  }

  String make(String admin, String what, Map<String, Object> body) {
    Answer made = hub.post("/api/v1/" + what, admin, body);
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.text("id");
  }

  String message(String tenant, String admin) {
    make(admin, "webhook-subscriptions", SUBSCRIPTION);
    return hub.owner()
        .sql(
            """
            insert into messages (tenant_id, kind, subscription_id, name, facts, dedup_key, state)
            select ?, 'webhook', id, 'n', '{}', 'k', 'HELD' from webhook_subscriptions where tenant_id = ? returning id::text\
            """)
        .params(tenant, tenant)
        .query(String.class)
        .single();
  }

  String inbox(String tenant) {
    return hub.owner()
        .sql(
            "insert into inbox (tenant_id, severity, title, body, dedup_key) values (?, 'low', 't',"
                + " 'b', 'k') returning id::text")
        .params(tenant)
        .query(String.class)
        .single();
  }

  String notice(String tenant) {
    return hub.owner()
        .sql(
            "insert into notices (tenant_id, kind, message) values (?, 'k', 'm') returning"
                + " id::text")
        .params(tenant)
        .query(String.class)
        .single();
  }

  /** A mapping with a superseded and a published version and a draft. */
  String mapping(String tenant) {
    hub.owner()
        .sql(
            """
            insert into mappings (tenant_id, name, version, status, content, sha256, author, based_on, published_at, published_by)
            select ?, 'acme/contract', v, s, '{"metrics": {"temperature": ' || v || '}}', '', 'admin:test', 2, now(), 'admin:test'
              from (values (1, 'superseded'), (2, 'published'), (0, 'draft')) made(v, s)\
            """)
        .params(tenant)
        .update();
    return "acme:contract";
  }

  /** One that nobody runs yet: nobody has rung for it. */
  String replay(String tenant) {
    return hub.owner()
        .sql(
            "insert into replays (tenant_id, kind, filter, actor) values (?, 'raw',"
                + " '{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T00:00:01Z\"}', 'a')"
                + " returning id::text")
        .params(tenant)
        .query(String.class)
        .single();
  }

  String letter(String tenant, Registered device) {
    return hub.owner()
        .sql(
            """
            insert into dead_letters (tenant_id, source, reason, payload, headers)
            values (?, 'mqtt', 'r', '{"metrics":{"temperature":20}}', jsonb_build_object('hub-tenant', ?, 'hub-device', ?, 'hub-source', 'mqtt'))
            returning id::text\
            """)
        .params(tenant, tenant, device.id())
        .query(String.class)
        .single();
  }
}
