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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation of openapi.yaml is there, for whom it is meant. */
class ContractTest {
  private static final List<String> DEVICES_MAY = List.of("telemetry.ingest", "telemetry.upload");

  private final RunningHub hub = RunningHub.get();

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
    for (String definition : List.of("/asset-types/chiller", "/assets/A/definition")) {
      hub.send("PUT", "/api/v1" + definition, admin, RunningHub.publisher("{}"));
    }
    hub.post("/api/v1/device-types", admin, Map.of("name", "T"));
    if (operation.id().equals("device-types.rollback")) {
      put(admin, "/api/v1/device-types/T");
    }
    String path =
        operation
            .path()
            .replace("{typeName}", "T")
            .replace("{deviceId}", device.id())
            .replace("{assetId}", "A")
            .replace("{assetType}", "chiller")
            .replace("{kind}", "devices")
            .replace("{name}", device.id())
            .replace("{eventId}", event(tenant, device))
            .replace("{letterId}", letter(tenant, device))
            .replace("{metricKey}", "temperature")
            .replace("{mappingName}", mapping(tenant))
            .replace("{version}", "1")
            .replace("{noticeId}", notice(tenant))
            .replace("{replayId}", replay(tenant))
            .replace("{connectorName}", "kestrel")
            .replace("{connectionId}", connection(tenant));

    Answer answer =
        hub.send(
            HttpRequest.newBuilder(hub.uri("/api/v1" + path))
                .method(operation.method(), RunningHub.publisher(body(operation, device)))
                .header("Authorization", "Bearer " + admin)
                .header("Content-Type", "application/json")
                .header("If-Match", "*")
                .build());

    if (operation.id().equals("devices.probe")) {
      // Said of a device that the hub does not read itself; ProbeRouteTest has the others.
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
            "insert into connections (tenant_id, oem, name, kind) values (?, 'kestrel', 'k', ?) returning id::text")
        .params(tenant, kind)
        .query(String.class)
        .single();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void refusesACallerWithoutToken(Operation operation) {
    Answer answer = call(operation, "");

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
    Answer answer = call(operation, hub.device("sensor").token());

    assertThat(answer.status()).isEqualTo(403);
    assertThat(answer.isProblem()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void letsAViewerLookAndNothingElse(Operation operation) {
    Answer answer = call(operation, hub.token("default", "viewer"));

    if (operation.method().equals("GET")) {
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
      case "assets.derive" -> Map.of("from", "2026-01-01T00:00:00Z");
      case "asset-types.test" -> Map.of("values", Map.of("power", 1));
      case "device-types.create" -> Map.of("name", "NEW");
      case "device-types.import" -> Map.of("name", "T", "description", "imported");
      case "device-types.replace" -> Map.of("description", "again");
      case "device-types.test" -> Map.of("payload", Map.of("metrics", Map.of("temperature", 20)));
      case "mappings.test" ->
          Map.of("jsonata", "{'metrics': {'temperature': t}}", "payload", Map.of("t", 20));
      case "mappings.suggest" -> Map.of("payloads", List.of(Map.of("temperature", 20)));
      case "mappings.save-draft", "mappings.compare" ->
          Map.of("jsonata", "{'metrics': {'temperature': 3}}");
      case "mappings.rollback", "device-types.rollback" -> Map.of("version", 1);
      case "connections.create" -> Map.of("oem", "kestrel");
      case "devices.register-certificate" -> Map.of("certificate", Keys.newRequest());
      default -> "{}";
    };
  }

  private String event(String tenant, Registered device) {
    return hub.owner()
        .sql(
            """
            insert into events (tenant_id, dedup_key, device_id, rule_id, family, event_type, severity, message, opened_at, last_seen_at)
            values (?, 'k', ?::uuid, 'r', 'f', 'warning', 'low', 'm', now(), now()) returning id::text\
            """)
        .params(tenant, device.id())
        .query(String.class)
        .single();
  }

  private String notice(String tenant) {
    return hub.owner()
        .sql(
            "insert into notices (tenant_id, kind, message) values (?, 'k', 'm') returning id::text")
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
              from (values (1, 'superseded'), (2, 'published'), (0, 'draft')) made(v, s)            """)
        .params(tenant)
        .update();
    return "acme:contract";
  }

  /** One that nobody runs yet: nobody has rung for it. */
  private String replay(String tenant) {
    return hub.owner()
        .sql(
            "insert into replays (tenant_id, kind, filter, actor) values (?, 'raw', '{\"from\":\"2026-01-01T00:00:00Z\",\"to\":\"2026-01-01T00:00:01Z\"}', 'a') returning id::text")
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
