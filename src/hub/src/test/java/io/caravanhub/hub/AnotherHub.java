package io.caravanhub.hub;

import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** A second hub on the database of the {@link RunningHub}, with a home and a proxy of its own. */
public final class AnotherHub implements AutoCloseable {
  private final TcpProxy toDatabase;
  private final ConfigurableApplicationContext context;
  private final HttpClient http = HttpClient.newHttpClient();

  /**
   * @param roles as in HUB_ROLES, empty for all
   * @param more settings besides
   */
  public AnotherHub(String roles, String... more) {
    try {
      RunningHub hub = RunningHub.get();
      Path home = Files.createTempDirectory("another-hub");
      TestServer server = TestDatabase.server();
      toDatabase = new TcpProxy(server.host(), server.port());
      String database = hub.owner().sql("select current_database()").query(String.class).single();
      List<String> settings =
          new ArrayList<>(
              List.of(
                  // Quartz has one scheduler for contexts of one name in one process.
                  "--camel.main.name=" + RunningHub.unique("another-hub"),
                  "--hub.home=" + home,
                  "--hub.secret.key="
                      + Files.readString(hub.home().resolve("connections.key")).strip(),
                  "--hub.roles=" + roles,
                  "--hub.bind=127.0.0.1",
                  "--hub.http.port=0",
                  "--hub.mqtt.port=" + freePort(),
                  "--hub.mqtts.port=" + freePort(),
                  "--hub.db.url=jdbc:postgresql://127.0.0.1:" + toDatabase.port() + "/" + database,
                  "--hub.db.user=" + server.user(),
                  "--hub.db.password=" + server.password(),
                  "--hub.routes=" + TestDatabase.root().resolve("routes"),
                  "--hub.connectors=" + TestDatabase.root().resolve("connectors"),
                  "--hub.mappings=" + TestDatabase.root().resolve("mappings"),
                  "--hub.rules=" + TestDatabase.root().resolve("rules"),
                  "--hub.store.rollups.period=1000",
                  "--hub.fsm.allow.private=true",
                  "--hub.console.open=false"));
      settings.addAll(List.of(more));
      context = new SpringApplication(HubApplication.class).run(settings.toArray(String[]::new));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Between this hub and the database. */
  public TcpProxy toDatabase() {
    return toDatabase;
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public URI uri(String path) {
    int port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
    return URI.create("http://127.0.0.1:" + port + path);
  }

  public Answer get(String path, String token) {
    return send("GET", path, token, HttpRequest.BodyPublishers.noBody());
  }

  public Answer send(String method, String path, String token, BodyPublisher body) {
    HttpRequest request =
        HttpRequest.newBuilder(uri(path))
            .method(method, body)
            .header("Content-Type", "application/json")
            .header("Authorization", "Bearer " + token)
            .build();
    try {
      return new Answer(http.send(request, BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    context.close();
    toDatabase.close();
  }
}
