package io.caravanhub.hub.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.Keys;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation of openapi.yaml is there, for whom it is meant. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContractTest {
  private static final Map<String, Object> SUBSCRIPTION =
      Map.of("url", "https://192.0.2.1/x", "wants", List.of("none"));
  private static final Map<String, Object> AUDIENCE =
      Map.of("name", "A", "steps", List.of(Map.of("roles", List.of("r"))));
  private static final Map<String, Object> RELEASE =
      Map.of("version", "1.0", "sha256", "0".repeat(64), "signature", "A".repeat(86) + "==");
  private static final String DEVICE_MAP =
      "protocol: modbus-tcp\npoints:\n  - {metric: temperature, address: 1, type: int16}\n";
  private static final List<String> VIEWERS_MAY = List.of("inbox.read", "inbox.read-all");
  private static final List<String> DEVICES_MAY = List.of("telemetry.ingest", "telemetry.upload");

  private final RunningHub hub = RunningHub.get();
  private final String device = hub.device("sensor").token();
  private final String viewer = hub.token("default", "viewer");

  record Operation(String method, String path, String id, boolean open) {
    @Override
    public String toString() {
      return id;
    }
  }

  static Stream<Operation> operations() throws IOException {
    List<Operation> operations = new ArrayList<>();
    try (InputStream yaml = ContractTest.class.getResourceAsStream("/openapi.yaml")) {
      JsonNode paths = new YAMLMapper().readTree(yaml).path("paths");
      for (Map.Entry<String, JsonNode> path : paths.properties()) {
        for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
          if (operation.getValue().has("operationId")) {
            operations.add(
                new Operation(
                    operation.getKey().toUpperCase(Locale.ROOT),
                    path.getKey(),
                    operation.getValue().path("operationId").asText(),
                    operation.getValue().has("security")));
          }
        }
      }
    }
    return operations.stream();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void answersAnAdmin(Operation operation) {
    String tenant = RunningHub.unique("t");
    String admin = hub.token(tenant, "admin");
    Registered device = hub.device(admin, Map.of("device_type", "sensor"));
    hub.post("/api/v1/assets", admin, Map.of("id", "A", "name", "A"));
    if (operation.id().equals("devices.unlink")) {
      hub.post("/api/v1/devices/" + device.id() + "/assets/A/link", admin, Map.of());
    }
    if (operation.id().equals("assets.derive")) {
      defined(admin, "/assets/A/definition");
    }
    if (operation.id().equals("device-types.import")) {
      deviceType(admin, operation);
    }
    String path = operation.path();
    for (Map.Entry<String, Supplier<String>> part : parts(tenant, admin, device, operation)) {
      if (path.contains(part.getKey())) {
        path = path.replace(part.getKey(), part.getValue().get());
      }
    }

    Answer answer =
        hub.send(
            HttpRequest.newBuilder(hub.uri("/api/v1" + path))
                .method(operation.method(), RunningHub.publisher(body(operation, device)))
                .header("Authorization", "Bearer " + admin)
                .header("Content-Type", "application/json")
                .header("If-Match", "*")
                .build());

    if (operation.id().equals("enrol.use")) {
      // It wants a code; EnrolmentTest has one.
      assertThat(answer.status()).isEqualTo(400);
      return;
    }
    if (List.of("devices.probe", "devices.command").contains(operation.id())) {
      // Said of a device that the hub does not read itself, or that is behind no gateway;
      // ProbeRouteTest and GatewayCommandTest have the others.
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.isProblem()).isTrue();
      return;
    }
    assertThat(answer.status())
        .as("%s %s: %s", operation.method(), path, answer)
        .isBetween(200, 299);
    if (!operation.open() && !operation.id().equals("device-types.export")) {
      assertThat(answer.contentType()).startsWith("application/json");
      assertThat(answer.json()).isNotNull();
    }
  }

  /** What stands for each part of a path, made when an operation asks for it. */
  private List<Map.Entry<String, Supplier<String>>> parts(
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

  private String defined(String admin, String path) {
    hub.send("PUT", "/api/v1" + path, admin, RunningHub.publisher("{}"));
    return path;
  }

  private String deviceType(String admin, Operation operation) {
    hub.post("/api/v1/device-types", admin, Map.of("name", "T"));
    if (operation.id().equals("device-types.rollback")) {
      put(admin, "/api/v1/device-types/T");
    }
    return "T";
  }

  private String deviceMap(String admin) {
    String path = "/api/v1/device-maps/test:own.modbus.yaml";
    Map<String, String> map = Map.of("content", DEVICE_MAP);
    hub.send("PUT", path, admin, RunningHub.publisher(map));
    return "test:own.modbus.yaml";
  }

  private String release(String admin) {
    hub.post("/api/v1/gateway-software", admin, RELEASE);
    return "1.0";
  }

  /** A gateway, with a version or a draft where the operation speaks of one. */
  private String gateway(String admin, Operation operation) {
    hub.post("/api/v1/gateways", admin, Map.of("serial", "G"));
    String path = "/api/v1/gateways/G/configuration/";
    String files = "{\"files\": {\"fieldbus.yaml\": \"[]\"}}";
    hub.send("PUT", path + "draft", admin, RunningHub.publisher(files));
    if (operation.path().contains("{version}") || operation.id().equals("gateways.rollback")) {
      hub.post(path + "publish", admin, Map.of("reason", "r"));
    }
    return "G";
  }

  private String thresholdRule(String admin) {
    hub.post("/api/v1/threshold-rules", admin, threshold("r"));
    return "r";
  }

  @Test
  void namesEveryFieldThatIsAnsweredOfAConnection() throws IOException {
    String tenant = RunningHub.unique("t");
    String admin = hub.token(tenant, "admin");
    JsonNode answered =
        hub.get("/api/v1/connections/" + connection(tenant, "stream"), admin).json();
    try (InputStream yaml = ContractTest.class.getResourceAsStream("/openapi.yaml")) {
      JsonNode schema =
          new YAMLMapper().readTree(yaml).at("/components/schemas/Connection/properties");
      assertThat(names(schema)).contains("connected_at").containsAll(names(answered));
      assertThat(schema.at("/kind/enum").toString()).contains("\"stream\"");
    }
  }

  private static List<String> names(JsonNode node) {
    return node.properties().stream().map(Map.Entry::getKey).toList();
  }

  private String connection(String tenant) {
    return connection(tenant, "webhook");
  }

  private String connection(String tenant, String kind) {
    return hub.owner()
        .sql(
            "insert into connections (tenant_id, oem, name, kind) values (?, 'kestrel', 'k', ?)"
                + " returning id::text")
        .params(tenant, kind)
        .query(String.class)
        .single();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void refusesACallerWithoutToken(Operation operation) {
    Answer answer = call(operation, "");

    if (operation.id().equals("enrol.use")) {
      assertThat(answer.status()).as("shows no code").isEqualTo(400);
      return;
    }
    if (operation.open()) {
      assertThat(answer.status()).isEqualTo(200);
      return;
    }
    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.isProblem()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void refusesADevice(Operation operation) {
    if (operation.open() || DEVICES_MAY.contains(operation.id())) {
      return;
    }
    Answer answer = call(operation, device);

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.isProblem()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void letsAViewerLookAndNothingElse(Operation operation) {
    Answer answer = call(operation, viewer);

    if (operation.id().equals("enrol.use")) {
      assertThat(answer.status()).isEqualTo(400);
    } else if (operation.method().equals("GET") || VIEWERS_MAY.contains(operation.id())) {
      assertThat(answer.status()).isIn(200, 404);
    } else {
      assertThat(answer.status()).isEqualTo(403);
    }
  }

  @Test
  void isServedToEverybody() {
    Answer answer = hub.get("/api/v1/openapi.yaml", "");

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body()).startsWith("openapi: 3");
  }

  @Test
  void answersAnUnknownPathWithAProblem() {
    Answer answer = hub.get("/api/v1/nothing", hub.admin());

    assertThat(answer.status()).isEqualTo(404);
  }

  private Answer call(Operation operation, String token) {
    return hub.send(
        operation.method(),
        "/api/v1" + operation.path().replaceAll("\\{\\w+}", "x"),
        token,
        RunningHub.publisher("{}"));
  }

  private void put(String token, String path) {
    hub.send(
        HttpRequest.newBuilder(hub.uri(path))
            .PUT(RunningHub.publisher("{}"))
            .header("Authorization", "Bearer " + token)
            .header("Content-Type", "application/json")
            .header("If-Match", "*")
            .build());
  }

  private static Object body(Operation operation, Registered device) {
    return switch (operation.id()) {
      case "telemetry.ingest" ->
          Map.of("device_id", device.id(), "metrics", Map.of("temperature", 20));
      case "telemetry.upload" -> "device_id,timestamp,metric,value\n";
      case "devices.create" ->
          Map.of("device_serial", "NEW", "device_type", "sensor", "connection_type", "mqtt");
      case "assets.create" -> Map.of("id", "NEW", "name", "New");
      case "telemetry.replay" -> Map.of("from", "2026-01-01T00:00:00Z");
      case "gateways.create" -> Map.of("serial", "NEW");
      case "gateways.batch" ->
          Map.of("epoch", "00000000-0000-0000-0000-000000000001", "records", List.of());
      case "gateways.clock" -> Map.of("sent", 1);
      case "devices.command" -> Map.of("metric", "cooling_setpoint", "value", 21);
      case "assets.derive" -> Map.of("from", "2026-01-01T00:00:00Z");
      case "asset-types.test" -> Map.of("values", Map.of("power", 1));
      case "device-types.create" -> Map.of("name", "NEW");
      case "device-types.import" -> Map.of("name", "T", "description", "imported");
      case "device-types.replace" -> Map.of("description", "again");
      case "device-types.test" -> Map.of("payload", Map.of("metrics", Map.of("temperature", 20)));
      case "rules.create" -> rule("new");
      case "rules.put" -> rule("r");
      case "rules.backtest" ->
          Map.of("rule", rule("r"), "from", Instant.now().minusSeconds(3600).toString());
      case "threshold-rules.create" -> threshold("new");
      case "device-maps.check", "device-maps.save" -> Map.of("content", DEVICE_MAP);
      case "device-maps.import" -> Map.of("tags", "metric,address,type\npower,8,int16\n");
      case "device-maps.browse" -> Map.of("protocol", "opcua", "address", "opc.tcp://127.0.0.1:1");
      case "device-maps.discover" -> Map.of("protocol", "modbus-tcp", "address", "127.0.0.1:1");
      case "mappings.test" ->
          Map.of("jsonata", "{'metrics': {'temperature': t}}", "payload", Map.of("t", 20));
      case "mappings.suggest" -> Map.of("payloads", List.of(Map.of("temperature", 20)));
      case "mappings.save-draft", "mappings.compare" ->
          Map.of("jsonata", "{'metrics': {'temperature': 3}}");
      case "mappings.rollback", "device-types.rollback" -> Map.of("version", 1);
      case "fsm-connections.create" ->
          Map.of("product", "default", "name", "NEW", "settings", Map.of("url", "http://fsm.test"));
      case "notification-channels.create" -> Map.of("kind", "in-app", "name", "NEW");
      case "recipients.create" -> Map.of("name", "NEW");
      case "audiences.create" -> AUDIENCE;
      case "notification-templates.create", "notification-templates.preview" ->
          Map.of("language", "de", "text", "{message}");
      case "webhook-subscriptions.create" -> SUBSCRIPTION;
      case "policies.create" -> "{\"id\": \"new\", \"then\": []}";
      case "policies.put" -> "{\"id\": \"p\", \"then\": []}";
      case "policies.dry-run" -> Map.of("type", "warning", "severity", "low");
      case "policy-books.put" -> "[]";
      case "gateways.report-configuration", "gateways.report-software" ->
          Map.of("version", "1", "state", "healthy");
      case "gateways.save-draft" -> Map.of("files", Map.of("fieldbus.yaml", "[]"));
      case "gateways.publish" -> Map.of("reason", "r");
      case "gateways.rollback" -> Map.of("version", 1, "reason", "r");
      case "gateway-software.register" -> RELEASE;
      case "events.note" -> Map.of("note", "n");
      case "events.acknowledge-all", "events.dismiss-all", "events.shelve-all" ->
          Map.of("ids", List.of("00000000-0000-0000-0000-000000000000"));
      case "actions.update" -> Map.of("payload", Map.of("note", "n"));
      case "actions.arrived" -> Map.of("fsm_id", "WO-1");
      case "connections.create" -> Map.of("oem", "kestrel");
      case "devices.register-certificate" -> Map.of("certificate", Keys.newRequest());
      default -> "{}";
    };
  }

  /** An event in a state in which it can be told so. */
  private String event(String tenant, Registered device, Operation operation) {
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

  private String policy(String admin) {
    hub.post("/api/v1/policies", admin, "{\"id\": \"p\", \"then\": []}");
    return "p";
  }

  private String book(String admin) {
    hub.send("PUT", "/api/v1/policy-books/limits", admin, RunningHub.publisher("[]"));
    return "limits";
  }

  private static Map<String, Object> rule(String id) {
    return Map.of(
        "id",
        id,
        "condition",
        "temperature > 90",
        "event",
        Map.of("type", "warning", "severity", "low", "family", "f", "message", "m"));
  }

  private static Map<String, Object> threshold(String name) {
    return Map.of(
        "name",
        name,
        "condition",
        "temperature > 90",
        "event_type",
        "warning",
        "severity",
        "low",
        "cooldown_seconds",
        60);
  }

  private String fsmConnection(String admin) {
    return hub.post(
            "/api/v1/fsm-connections",
            admin,
            Map.of("product", "default", "settings", Map.of("url", "http://127.0.0.1:9")))
        .text("id");
  }

  private String action(String tenant, Registered device) {
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

  private String make(String admin, String what, Map<String, Object> body) {
    Answer made = hub.post("/api/v1/" + what, admin, body);
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.text("id");
  }

  private String message(String tenant, String admin) {
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

  private String inbox(String tenant) {
    return hub.owner()
        .sql(
            "insert into inbox (tenant_id, severity, title, body, dedup_key) values (?, 'low', 't',"
                + " 'b', 'k') returning id::text")
        .params(tenant)
        .query(String.class)
        .single();
  }

  private String notice(String tenant) {
    return hub.owner()
        .sql(
            "insert into notices (tenant_id, kind, message) values (?, 'k', 'm') returning"
                + " id::text")
        .params(tenant)
        .query(String.class)
        .single();
  }

  /** A mapping with a superseded and a published version and a draft. */
  private String mapping(String tenant) {
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
  private String replay(String tenant) {
    return hub.owner()
        .sql(
            "insert into replays (tenant_id, kind, filter, actor) values (?, 'raw',"
                + " '{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T00:00:01Z\"}', 'a')"
                + " returning id::text")
        .params(tenant)
        .query(String.class)
        .single();
  }

  private String letter(String tenant, Registered device) {
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
