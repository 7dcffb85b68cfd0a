package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.bench.peer.HubApi;
import io.caravanhub.bench.peer.Ports;
import io.caravanhub.bench.peer.Spawned;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A hub with everything embedded, in a home of its own, on free ports. */
final class HubUnderTest implements AutoCloseable {
  private static final int START_SECONDS = 180;

  private final Path root;
  private final Path home;
  private final int httpPort = Ports.free();
  private final int mqttPort = Ports.free();
  private final Map<String, String> environment;
  private final Spawned process;
  private final HubApi api = new HubApi(httpPort);
  private final ObjectMapper json = new ObjectMapper();
  private int reports;

  /**
   * Starts it and waits until it answers.
   *
   * @param root of the project, where the script is
   */
  HubUnderTest(Path root, Path home) throws IOException, InterruptedException {
    this(root, home, Map.of());
  }

  /**
   * @param more environment beside that
   */
  HubUnderTest(Path root, Path home, Map<String, String> more)
      throws IOException, InterruptedException {
    this.root = root;
    this.home = home;
    Map<String, String> own =
        Map.of(
            "HUB_HOME", home.toString(),
            "HUB_HTTP_PORT", Integer.toString(httpPort),
            "HUB_MQTT_PORT", Integer.toString(mqttPort),
            "HUB_MQTTS_PORT", Integer.toString(Ports.free()),
            "HUB_LIMIT_TENANT", "100000000",
            "HUB_LIMIT_DEVICE", "100000000",
            "HUB_SKIP_BUILD", "1");
    this.environment = new HashMap<>(own);
    environment.putAll(more);
    this.process = Spawned.start(home, "hub", environment, List.of(script(), "run"));
    for (int i = 0; !api.isOk("/actuator/health"); i++) {
      if (i == START_SECONDS || !process.isAlive()) {
        throw new IOException("the hub did not start, see " + home.resolve("hub.log"));
      }
      TimeUnit.SECONDS.sleep(1);
    }
  }

  private String script() {
    return root.resolve("hub").toString();
  }

  URI uri(String path) {
    return api.uri(path);
  }

  int mqttPort() {
    return mqttPort;
  }

  /** The request for a path below /api/v1, with the admin token. */
  HttpRequest request(String path) throws IOException {
    return api.request(admin(), path).build();
  }

  /** A call of the API below /api/v1 with the admin token, which must succeed. */
  JsonNode call(String method, String path, String body) throws IOException, InterruptedException {
    return api.call(admin(), method, path, body);
  }

  private String admin() throws IOException {
    return Files.readString(home.resolve("admin.token")).strip();
  }

  long pid() {
    return process.pid();
  }

  long databasePid() throws IOException {
    return Long.parseLong(
        Files.readAllLines(home.resolve("postgres").resolve("postmaster.pid")).get(0).strip());
  }

  /** A connection to its database as the schema's owner. */
  Connection database() throws IOException, SQLException {
    List<String> postmaster =
        Files.readAllLines(home.resolve("postgres").resolve("postmaster.pid"));
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:" + postmaster.get(3).strip() + "/postgres",
        "postgres",
        databasePassword());
  }

  String databasePassword() throws IOException {
    return Files.readString(home.resolve("postgres.password")).strip();
  }

  /** Runs {@code ./hub load} and gives its report. */
  JsonNode load(String... options) throws IOException, InterruptedException {
    Path report = home.resolve("report-" + ++reports + ".json");
    List<String> command = new ArrayList<>(List.of(script(), "load"));
    command.addAll(List.of(options));
    command.addAll(List.of("--report", report.toString()));
    try (Spawned load = Spawned.start(home, "load", environment, command)) {
      load.await(3_600);
    }
    if (!Files.exists(report)) {
      throw new IOException("the load made no report, see " + home.resolve("load.log"));
    }
    return json.readTree(report.toFile());
  }

  @Override
  public void close() {
    process.close();
  }
}
