package io.caravanhub.hub.api;

import static io.caravanhub.hub.api.ContractBodies.body;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.api.ContractBodies.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpRequest;
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
class ContractTest extends ContractCalls {
  private static final List<String> VIEWERS_MAY = List.of("inbox.read", "inbox.read-all");
  private static final List<String> DEVICES_MAY = List.of("telemetry.ingest", "telemetry.upload");
  private final String device = hub.device("sensor").token();
  private final String viewer = hub.token("default", "viewer");

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

  @ParameterizedTest
  @MethodSource("operations")
  void refusesACallerWithoutToken(Operation operation) {
    Answer answer = call(operation, "");

    if (operation.id().equals("enrol.use")) {
      assertThat(answer.status()).as("shows no code").isEqualTo(400);
      return;
    }
    if (operation.open()) {
      assertThat(answer.status()).isEqualTo(operation.path().contains("{") ? 404 : 200);
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
}
