package io.caravanhub.hub.connector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.net.httpserver.HttpServer;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.testkit.stream.FakeSocket;
import io.caravanhub.testkit.stream.StreamFault;
import io.caravanhub.testkit.stream.StreamScript;
import io.caravanhub.testkit.stream.StreamScript.Sent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections held open to a WebSocket on loopback, with tokens, by a running hub. */
class WebSocketConnectionTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String OEM = "wharfline";
  private static final String PLAN =
      """
      type: websocket
      url: "{stream}"
      auth: {type: oauth2-client-credentials, token-url: "{login}"}
      messages:
        - {name: units, device: "{/unit}", mapping: telemetry, inventory: inventory}
      """;
  private static final String KAMELET =
      """
      apiVersion: camel.apache.org/v1
      kind: Kamelet
      metadata:
        name: wharfline-source
        annotations:
          camel.apache.org/kamelet.support.level: Preview
          camel.apache.org/catalog.version: 0.1.0
          camel.apache.org/provider: Caravan Hub
          camel.apache.org/kamelet.group: OEM
          camel.apache.org/kamelet.namespace: Field equipment
        labels:
          camel.apache.org/kamelet.type: source
      spec:
        definition:
          title: Wharfline
          description: Units of a cloud that does not exist.
          type: object
          required: [stream]
          properties:
            stream: {title: Stream, description: Its address, type: string}
            login: {title: Login, description: Its address, type: string}
            client_id: {title: Client, description: Its id, type: string}
            client_secret:
              title: Secret
              description: Of the client
              type: string
              format: password
              x-descriptors: ["urn:camel:group:credentials"]
        dependencies: ["camel:bean", "camel:direct", "camel:kamelet"]
        template:
          from:
            uri: direct:connectors.wharfline
            steps:
              - split:
                  method: {ref: connectorParts, method: polled}
                  steps:
                    - process: {ref: connectorParts}
                    - to: kamelet:sink
      """;
  private static final String ROUTE =
      """
      - route:
          id: wharfline
          group: connectors
          description: Units of a cloud that does not exist
          routeConfigurationId: ingest
          from:
            uri: kamelet:wharfline-source
            parameters: {noErrorHandler: true, stream: of-the-connection}
            steps:
              - to: {id: wharfline-raw, uri: "{{channel.raw.to}}"}
      """;

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("socket");
  private final String admin = hub.token(tenant, "admin");
  private final List<String> logins = new CopyOnWriteArrayList<>();
  private final AtomicInteger hanging = new AtomicInteger();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private HttpServer tokens;
  private FakeSocket cloud;

  @BeforeEach
  void start() throws IOException {
    cloud =
        new FakeSocket(
            new StreamScript(
                Map.of(),
                Map.of(),
                List.of(new Sent("", "{\"unit\":\"W-1\",\"power\":4}".getBytes(UTF_8), false))),
            StreamFault.NONE);
    tokens = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
    tokens.setExecutor(threads);
    tokens.createContext(
        "/token",
        exchange -> {
          logins.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          byte[] answer =
              "{\"access_token\":\"token-%d\",\"expires_in\":1}"
                  .formatted(logins.size())
                  .getBytes(UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    tokens.createContext(
        "/hangs",
        exchange -> {
          hanging.incrementAndGet();
          try {
            over.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          exchange.close();
        });
    tokens.start();
    Path folder = hub.connectors().resolve("oem").resolve(OEM);
    if (!Files.exists(folder)) {
      Files.createDirectories(folder);
      Files.writeString(
          folder.resolve("telemetry.jsonata"),
          "{\"measurements\": [{\"name\": \"power\", \"value\": power, \"unit\": \"W\"}]}");
      Files.writeString(folder.resolve("inventory.jsonata"), "{\"id\": unit, \"name\": unit}");
      Files.writeString(folder.resolve("stream.yaml"), PLAN);
      Files.writeString(folder.resolve("wharfline-source.kamelet.yaml"), KAMELET);
      Files.writeString(folder.resolve("wharfline.camel.yaml"), ROUTE);
    }
    await()
        .atMost(SOON)
        .until(() -> hub.get("/api/v1/routes", admin).body().contains("\"" + OEM + "\""));
  }

  @AfterEach
  void stop() throws IOException {
    hub.owner()
        .sql("update connections set state = 'paused', updated_at = now() where tenant_id = ?")
        .param(tenant)
        .update();
    over.countDown();
    cloud.close();
    tokens.stop(0);
    threads.shutdownNow();
    await()
        .atMost(SOON)
        .until(
            () ->
                hub.count(
                        "select count(*) from connections where tenant_id = ? and lease_owner is not null",
                        tenant)
                    == 0);
  }

  @AfterAll
  static void remove() throws IOException {
    try (Stream<Path> files =
        Files.walk(RunningHub.get().connectors().resolve("oem").resolve(OEM))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  private String create(String name, String login) {
    Answer made =
        hub.post(
            "/api/v1/connections",
            admin,
            Map.of(
                "oem",
                OEM,
                "name",
                name,
                "settings",
                Map.of(
                    "stream",
                    cloud.origin() + "/v1",
                    "login",
                    "http://127.0.0.1:" + tokens.getAddress().getPort() + login,
                    "client_id",
                    "client-of-the-test",
                    "client_secret",
                    "secret-of-the-test"),
                "enabled",
                true));
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    return made.text("id");
  }

  private long powers() {
    return hub.count(
        """
        select count(*) from telemetry t join devices d on d.key = t.device_id where d.tenant_id = ? and d.serial = 'W-1'\
        """,
        tenant);
  }

  private Map<String, String> credentials(String id) {
    return TenantScope.call(
        tenant,
        () ->
            hub.bean(ConnectionSecrets.class)
                .open(hub.bean(ConnectionRows.class).find(UUID.fromString(id)).orElseThrow()));
  }

  @Test
  void aLoginKeepsTheSecretItWasMadeWithAndIsMadeAgainWhenTheTokenHasEnded() throws IOException {
    String id = create("one", "/token");
    await().atMost(SOON).until(() -> powers() == 1);
    assertThat(credentials(id))
        .containsEntry("access_token", "token-1")
        .containsEntry("client_secret", "secret-of-the-test");

    cloud.cut();

    await().atMost(SOON).until(() -> powers() == 2);
    assertThat(logins).hasSize(2).allMatch(body -> body.contains("secret-of-the-test"));
    assertThat(credentials(id))
        .containsEntry("access_token", "token-2")
        .containsEntry("client_secret", "secret-of-the-test");
  }

  @Test
  void loginsThatHangKeepNoOtherStreamFromStoring() {
    for (int i = 0; i < 6; i++) {
      create("hangs " + i, "/hangs");
    }
    await().atMost(SOON).until(() -> hanging.get() >= 4);

    create("other", "/token");

    await().atMost(SOON).until(() -> powers() == 1);
  }
}
