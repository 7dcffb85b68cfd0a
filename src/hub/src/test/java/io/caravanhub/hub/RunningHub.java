package io.caravanhub.hub;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.security.Tokens;
import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * The whole hub, one per test run: the repository's own routes and connectors (copied, so that
 * tests may change them), mappings and rules, a database behind a proxy that can be cut, the
 * embedded broker, free ports. Tests keep apart by devices or tenants of their own.
 */
public final class RunningHub {
  private static final class Only {
    static final RunningHub HUB = new RunningHub(TestDatabase.server().create());
  }

  /** Whether somebody asked for the hub, which then must be closed before its database goes. */
  private static final AtomicBoolean STARTED = new AtomicBoolean();

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path home;
  private final int mqttPort = freePort();
  private final int mqttsPort = freePort();
  private final DataSource database;
  private final TcpProxy toDatabase;
  private final ConfigurableApplicationContext context;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String admin;

  /** A device that the hub's API registered. */
  public record Registered(String id, String serial, String token) {}

  private RunningHub(String name, String... more) {
    try {
      home = Files.createTempDirectory("running-hub");
      copy(TestDatabase.root().resolve("routes"), home.resolve("routes"));
      copy(TestDatabase.root().resolve("connectors"), home.resolve("connectors"));
      Files.createDirectory(home.resolve("drop"));
      TestServer server = TestDatabase.server();
      database = server.database(name);
      toDatabase = new TcpProxy(server.host(), server.port());
      List<String> settings =
          new ArrayList<>(
              List.of(
                  "--hub.home=" + home,
                  "--hub.bind=127.0.0.1",
                  "--hub.http.port=0",
                  "--hub.mqtt.port=" + mqttPort,
                  "--hub.mqtts.port=" + mqttsPort,
                  "--hub.db.url=jdbc:postgresql://127.0.0.1:" + toDatabase.port() + "/" + name,
                  "--hub.db.user=" + server.user(),
                  "--hub.db.password=" + server.password(),
                  "--hub.routes=" + home.resolve("routes"),
                  "--hub.connectors=" + home.resolve("connectors"),
                  "--hub.mappings=" + TestDatabase.root().resolve("mappings"),
                  "--hub.rules=" + TestDatabase.root().resolve("rules"),
                  "--hub.store.rollups.period=1000",
                  "--hub.drop.folder=" + home.resolve("drop"),
                  "--hub.webhook.proxies=127.0.0.0/8",
                  "--hub.webhook.certificate.header=X-Client-Cert",
                  "--hub.fsm.allow.private=true",
                  "--hub.notify.allow.private=true",
                  "--hub.notify.period=200",
                  "--hub.notify.back-off=PT0.1S",
                  "--hub.notify.timeout=PT1S",
                  "--hub.console.open=false"));
      settings.addAll(List.of(more));
      context = new SpringApplication(HubApplication.class).run(settings.toArray(String[]::new));
      admin = Files.readString(home.resolve("admin.token")).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The hub, started by whoever asks first. */
  public static RunningHub get() {
    STARTED.set(true);
    return Only.HUB;
  }

  /** Another hub, for its test alone, with these settings besides; to be stopped. */
  public static RunningHub another(String... more) {
    return on(TestDatabase.server().create(), more);
  }

  /** As {@link #another}, on a database that is there. */
  public static RunningHub on(String database, String... more) {
    return new RunningHub(database, more);
  }

  /** Stops a hub of one's own. */
  public void stop() {
    context.close();
  }

  /** Stops the hub after the last test, if one was started. */
  static void close() {
    if (STARTED.get()) {
      Only.HUB.context.close();
    }
  }

  public String admin() {
    return admin;
  }

  public int mqttPort() {
    return mqttPort;
  }

  public int mqttsPort() {
    return mqttsPort;
  }

  public Path home() {
    return home;
  }

  public Path routes() {
    return home.resolve("routes");
  }

  public Path connectors() {
    return home.resolve("connectors");
  }

  /** Below which connections may read files. */
  public Path drop() {
    return home.resolve("drop");
  }

  /** Between the hub and its database. */
  public TcpProxy toDatabase() {
    return toDatabase;
  }

  /** Gives the hub its database back and waits until it has noticed. */
  public void databaseIsBack() {
    toDatabase.restore();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> get("/api/v1/devices?limit=1", admin).status() == 200);
  }

  /** The database's owner, past the proxy and past row-level security. */
  public JdbcClient owner() {
    return JdbcClient.create(database);
  }

  public DataSource database() {
    return database;
  }

  public <T> T bean(Class<T> type) {
    return context.getBean(type);
  }

  public <T> T bean(String name, Class<T> type) {
    return context.getBean(name, type);
  }

  public URI uri(String path) {
    int port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /** Registers a device of the tenant default under a new serial. */
  public Registered device(String type) {
    return device(admin, Map.of("device_type", type));
  }

  /** Registers a device in the tenant of the token; fields not given are made up. */
  public Registered device(String token, Map<String, Object> fields) {
    Map<String, Object> body = new java.util.HashMap<>(fields);
    body.putIfAbsent("device_serial", unique("D"));
    body.putIfAbsent("device_type", "sensor");
    body.putIfAbsent("connection_type", "mqtt");
    Answer answer = post("/api/v1/devices", token, body);
    if (answer.status() != 201) {
      throw new IllegalStateException(answer.toString());
    }
    return new Registered(answer.text("id"), answer.text("device_serial"), answer.text("token"));
  }

  /** A new tenant's token of this role. */
  public String token(String tenant, String role) {
    owner()
        .sql("insert into tenants (id, name) values (?, ?) on conflict do nothing")
        .params(tenant, tenant)
        .update();
    return bean(Tokens.class).issue(tenant, role, "test");
  }

  public static String unique(String prefix) {
    return prefix + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  public Answer get(String path, String token) {
    return send("GET", path, token, BodyPublishers.noBody());
  }

  /** Posts a text as it is, anything else as JSON. */
  public Answer post(String path, String token, Object body) {
    return send("POST", path, token, publisher(body));
  }

  public Answer ingest(String token, Object body) {
    return post("/api/v1/telemetry/ingest", token, body);
  }

  /** Any request; an empty token sends none. */
  public Answer send(String method, String path, String token, BodyPublisher body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri(path)).method(method, body).timeout(Duration.ofSeconds(45));
    request.header("Content-Type", "application/json");
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return send(request.build());
  }

  /** Any request at all. */
  public Answer send(HttpRequest request) {
    try {
      return new Answer(http.send(request, BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  public static BodyPublisher publisher(Object body) {
    try {
      return BodyPublishers.ofString(
          body instanceof String text ? text : JSON.writeValueAsString(body));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Rows of telemetry that the device has. */
  public long rows(Registered device) {
    return count(
        "select count(*) from telemetry t join devices d on d.key = t.device_id where d.id::text ="
            + " ?",
        device.id());
  }

  public long count(String sql, Object... parameters) {
    return owner().sql(sql).params(parameters).query(Long.class).single();
  }

  /** The sum of a meter over all its tags, zero when it never counted. */
  public double counted(String meter, String... tags) {
    return bean(io.micrometer.core.instrument.MeterRegistry.class)
        .find(meter)
        .tags(tags)
        .counters()
        .stream()
        .mapToDouble(io.micrometer.core.instrument.Counter::count)
        .sum();
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
  }
}
