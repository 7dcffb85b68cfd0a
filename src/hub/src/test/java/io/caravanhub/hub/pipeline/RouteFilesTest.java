package io.caravanhub.hub.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Files that come, change and go while the hub runs; each takes effect within three seconds. */
class RouteFilesTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final RunningHub hub = RunningHub.get();
  private final String name = RunningHub.unique("probe");
  private final List<Path> mine = new ArrayList<>();

  @AfterEach
  void takeAway() throws IOException {
    for (Path file : mine) {
      Files.deleteIfExists(file);
    }
    await().atMost(SOON).until(() -> refused().isEmpty() && running(name).isEmpty());
  }

  @Test
  void startsHasEveryFileOfTheRepositoryInForce() {
    assertThat(routes().findValuesAsText("reason")).isEmpty();
    assertThat(running("normalize")).isPresent();
    assertThat(running("kestrel")).isPresent();
  }

  @Test
  void aFileThatComesRunsAndOneThatGoesStops() throws IOException {
    Path file = put(hub.routes(), name, route("first"));
    await().atMost(SOON).until(() -> running(name).isPresent());
    assertThat(running(name).orElseThrow().path("description").asText()).isEqualTo("first");

    Files.writeString(file, route("second"));
    await()
        .atMost(SOON)
        .until(
            () ->
                running(name)
                    .filter(r -> r.path("description").asText().equals("second"))
                    .isPresent());

    Files.delete(file);
    await().atMost(SOON).until(() -> running(name).isEmpty());
  }

  @Test
  void aBrokenFileIsRefusedAloneWithFileLineAndReason() throws IOException {
    long before = routes().size();

    put(hub.routes(), name, route("broken").replace("log:probe", "nosuch:probe"));

    await().atMost(SOON).until(() -> !refused().isEmpty());
    JsonNode refusal = refused().get(0);
    assertThat(refusal.path("file").asText()).endsWith("probe/" + name + ".camel.yaml");
    assertThat(refusal.path("line").asInt()).isEqualTo(9);
    assertThat(refusal.path("reason").asText()).contains("nosuch");
    assertThat(routes().size()).isEqualTo((int) before + 1);
    stillStores();
  }

  @Test
  void aFileThatIsNoYamlIsRefusedAlone() throws IOException {
    put(hub.routes(), name, "- route:\n    id: [unclosed\n");

    await().atMost(SOON).until(() -> !refused().isEmpty());
    assertThat(refused().get(0).path("line").asInt()).isPositive();
    stillStores();
  }

  @Test
  void aBrokenConnectorIsRefusedAlone() throws IOException {
    Path folder = Files.createDirectories(hub.connectors().resolve("oem").resolve(name));
    Path file = folder.resolve(name + ".camel.yaml");
    mine.add(file);
    Files.writeString(file, route("broken").replace("log:probe", "kamelet:nosuch-source"));

    await().atMost(SOON).until(() -> !refused().isEmpty());
    JsonNode refusal = refused().get(0);
    assertThat(refusal.path("file").asText()).endsWith(name + "/" + name + ".camel.yaml");
    assertThat(refusal.path("reason").asText()).isNotBlank();
    JsonNode connectors = hub.get("/api/v1/connectors", hub.admin()).json().path("items");
    assertThat(connectors.toString())
        .contains("\"name\":\"" + name + "\",\"kind\":\"oem\",\"state\":\"refused\"")
        .contains("\"name\":\"kestrel\",\"kind\":\"oem\",\"state\":\"loaded\"");
    stillStores();
  }

  @Test
  void aGoodFileThatTurnsBadGoesOnInItsLastGoodVersion() throws IOException {
    Path file = put(hub.routes(), name, route("good"));
    await().atMost(SOON).until(() -> running(name).isPresent());

    Files.writeString(file, route("bad").replace("log:probe", "nosuch:probe"));

    await().atMost(SOON).until(() -> !refused().isEmpty());
    assertThat(refused().get(0).path("running_from_before").toString()).contains(name);
    assertThat(running(name).orElseThrow().path("description").asText()).isEqualTo("good");
  }

  private void stillStores() {
    RunningHub.Registered device = hub.device("sensor");
    assertThat(
            hub.ingest(
                    device.token(),
                    Map.of("device_id", device.id(), "metrics", Map.of("temperature", 20)))
                .status())
        .isEqualTo(202);
  }

  private Path put(Path root, String file, String yaml) throws IOException {
    Path folder = Files.createDirectories(root.resolve("probe"));
    Path path = folder.resolve(file + ".camel.yaml");
    mine.add(path);
    Files.writeString(path, yaml);
    return path;
  }

  private String route(String description) {
    return """
        - route:
            id: %s
            group: probe
            description: %s
            routeConfigurationId: internal
            from:
              uri: direct:probe.%s
              steps:
                - to: log:probe
        """
        .formatted(name, description, name);
  }

  private JsonNode routes() {
    Answer answer = hub.get("/api/v1/routes", hub.admin());
    assertThat(answer.status()).isEqualTo(200);
    return answer.json().path("items");
  }

  private Optional<JsonNode> running(String id) {
    for (JsonNode route : routes()) {
      if (route.path("id").asText().equals(id)) {
        return Optional.of(route);
      }
    }
    return Optional.empty();
  }

  private List<JsonNode> refused() {
    List<JsonNode> refused = new ArrayList<>();
    routes()
        .forEach(
            route -> {
              if (route.path("state").asText().equals("refused")) {
                refused.add(route);
              }
            });
    return refused;
  }
}
