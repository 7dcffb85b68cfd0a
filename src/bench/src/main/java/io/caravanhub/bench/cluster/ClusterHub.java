package io.caravanhub.bench.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.bench.peer.HubApi;
import io.caravanhub.bench.peer.Ports;
import io.caravanhub.bench.peer.Spawned;
import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One of the hubs: a process with a home of its own, which reaches Kafka, the database and, where
 * it uses it, Mosquitto through a proxy each. Not thread-safe, but for where it listens.
 */
final class ClusterHub implements AutoCloseable {
  private final Path home;
  private final String name;
  private final Set<String> roles;
  private final int httpPort = Ports.free();
  private final int mqttPort = Ports.free();
  private final Map<String, String> environment = new HashMap<>();
  private final TcpProxy toKafka;
  private final TcpProxy toDatabase;
  private final HubApi api = new HubApi(httpPort);
  private @Nullable BrokerLine toMosquitto;
  private @Nullable Spawned process;
  private Path root;

  /**
   * One that does not run yet.
   *
   * @param root of the project, where the script is
   * @param folder for all hubs' homes
   * @param kafka the port of its listener there
   * @param more environment beside its ports, home, roles, Kafka and database
   */
  ClusterHub(
      Path root,
      Path folder,
      Layout layout,
      int index,
      int kafka,
      int database,
      Map<String, String> more)
      throws IOException {
    this.root = root;
    this.name = layout.name(index);
    this.roles = layout.hubs().get(index);
    this.home = folder.resolve(name);
    this.toKafka = new TcpProxy("127.0.0.1", kafka);
    this.toDatabase = new TcpProxy("127.0.0.1", database);
    environment.putAll(
        Map.of(
            "HUB_HOME", home.toString(),
            "HUB_HTTP_PORT", Integer.toString(httpPort),
            "HUB_MQTT_PORT", Integer.toString(mqttPort),
            "HUB_MQTTS_PORT", Integer.toString(Ports.free()),
            "HUB_KAFKA", "127.0.0.1:" + toKafka.port(),
            "HUB_DB_URL", "jdbc:postgresql://127.0.0.1:" + toDatabase.port() + "/postgres",
            "HUB_SKIP_BUILD", "1"));
    if (!layout.hasAll(index)) {
      environment.put("HUB_ROLES", String.join(",", roles));
    }
    environment.putAll(more);
  }

  /**
   * Lets it use Mosquitto over a line of its own from its next start on.
   *
   * @param number of the line, from 1
   * @param port of Mosquitto
   */
  void useLineToMosquitto(int number, int port) throws IOException {
    Files.createDirectories(home);
    BrokerLine line = new BrokerLine(number, port, home.resolve("hosts"));
    environment.putAll(line.settings());
    toMosquitto = line;
  }

  /** Lets it use Mosquitto, with nothing in between, from its next start on. */
  void useMosquitto(int port) {
    environment.put("HUB_MQTT_URL", "tcp://127.0.0.1:" + port);
  }

  String name() {
    return name;
  }

  int mqttPort() {
    return mqttPort;
  }

  /** Where Kafka has to send it. */
  int kafkaPort() {
    return toKafka.port();
  }

  TcpProxy toKafka() {
    return toKafka;
  }

  TcpProxy toDatabase() {
    return toDatabase;
  }

  /** Null where it does not use Mosquitto, or has no line of its own to it. */
  @Nullable BrokerLine toMosquitto() {
    return toMosquitto;
  }

  /** Whether it has this role of {@code HUB_ROLES}. */
  boolean does(String role) {
    return roles.contains(role);
  }

  Path log() {
    return home.resolve("hub.log");
  }

  URI uri(String path) {
    return api.uri(path);
  }

  /** Starts it and does not wait. */
  void start() throws IOException {
    process =
        Spawned.start(home, "hub", environment, List.of(root.resolve("hub").toString(), "run"));
  }

  /** Starts it as another version, and as that one from then on. */
  void startFrom(Path other) throws IOException {
    root = other;
    start();
  }

  /** Its process; only once it was started. */
  Spawned process() {
    if (process == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return process;
  }

  /**
   * Waits until it takes messages.
   *
   * @throws IOException when its process ends, or it takes longer than this
   */
  void awaitReady(int seconds) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (!isReady()) {
      if (!process().isAlive()) {
        throw new IOException(name + " ended, see " + log());
      }
      if (System.nanoTime() > end) {
        throw new IOException(name + " is not ready after " + seconds + " s, see " + log());
      }
      TimeUnit.MILLISECONDS.sleep(200);
    }
  }

  /** Whether it says that it takes messages. */
  boolean isReady() throws InterruptedException {
    return api.isOk("/actuator/health/readiness");
  }

  Path adminToken() {
    return home.resolve("admin.token");
  }

  /** A call of the API below /api/v1, which must succeed. */
  JsonNode post(String token, String path, String body) throws IOException, InterruptedException {
    return api.call(token, "POST", path, body);
  }

  @Override
  public void close() throws IOException {
    if (process != null) {
      process.close();
    }
    toKafka.close();
    toDatabase.close();
    if (toMosquitto != null) {
      toMosquitto.close();
    }
  }
}
