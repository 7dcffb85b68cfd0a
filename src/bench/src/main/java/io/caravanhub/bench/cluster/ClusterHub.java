package io.caravanhub.bench.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.bench.peer.HubApi;
import io.caravanhub.bench.peer.Ports;
import io.caravanhub.bench.peer.Spawned;
import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One of the hubs: a process with a home of its own, which reaches Kafka and the database through a
 * proxy each. Not thread-safe, but for where it listens.
 */
final class ClusterHub implements AutoCloseable {
  private final Path root;
  private final Path home;
  private final String name;
  private final int httpPort = Ports.free();
  private final int mqttPort = Ports.free();
  private final Map<String, String> environment = new HashMap<>();
  private final TcpProxy toKafka;
  private final TcpProxy toDatabase;
  private final HubApi api = new HubApi(httpPort);
  private @Nullable Spawned process;

  /**
   * One that does not run yet.
   *
   * @param root of the project, where the script is
   * @param more environment beside its ports, home, Kafka and database
   */
  ClusterHub(Path root, Path folder, int number, int kafka, int database, Map<String, String> more)
      throws IOException {
    this.root = root;
    this.name = "hub-" + number;
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
    environment.putAll(more);
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
  }
}
