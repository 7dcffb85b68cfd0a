package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.bench.peer.Ports;
import io.caravanhub.bench.peer.Spawned;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The peer: Mosquitto and Node-RED 4.1 doing the same with the same messages. MQTT QoS 1 in, the
 * same JSONata mapping in a change node, three rows a message stored by batched inserts (every 100
 * ms or 3,000 rows) into a table of the same columns and key in the same PostgreSQL. Unlike the hub
 * it answers the device before anything is stored, converts no units, judges no quality and runs no
 * rules.
 */
final class NodeRed implements AutoCloseable {
  private static final String VERSION = "4.1";

  private final Path folder;
  private final int mqttPort = Ports.free();
  private final Spawned mosquitto;
  private final Spawned nodeRed;
  private final Connection database;

  /** What a load on the peer came to. */
  record Run(double messages, double cpuMicros, double rowsStored) {}

  static boolean isPossible() {
    return onPath("mosquitto") && onPath("node") && onPath("npm");
  }

  static boolean onPath(String program) {
    try {
      return new ProcessBuilder("sh", "-c", "PATH=$PATH:/usr/sbin command -v " + program)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Installs it with npm where it is not yet, and starts it beside the hub's database. */
  NodeRed(Path folder, HubUnderTest hub) throws IOException, SQLException, InterruptedException {
    this.folder = folder;
    Files.createDirectories(folder);
    install();
    this.database = hub.database();
    try (Statement statement = database.createStatement()) {
      statement.execute(
          "create table if not exists peer_telemetry (device_id int not null, metric_id int not null,"
              + " ts timestamptz not null, value double precision, text_value text,"
              + " quality smallint not null default 0, batch_id bigint not null default 0,"
              + " unique (device_id, metric_id, ts))");
    }
    Files.writeString(
        folder.resolve("mosquitto.conf"),
        "listener "
            + mqttPort
            + " 127.0.0.1\nallow_anonymous true\npersistence false\nset_tcp_nodelay true\n"
            + "max_queued_messages 0\nmax_inflight_messages 0\n");
    copy("settings.js");
    copy("flows.json");
    this.mosquitto =
        Spawned.start(
            folder,
            "mosquitto",
            Map.of("PATH", System.getenv("PATH") + ":/usr/sbin"),
            List.of("mosquitto", "-c", folder.resolve("mosquitto.conf").toString()));
    String[] url = database.getMetaData().getURL().split("[:/]");
    this.nodeRed =
        Spawned.start(
            folder,
            "node-red",
            Map.of(
                "BENCH_UI_PORT", Integer.toString(Ports.free()),
                "BENCH_MQTT_PORT", Integer.toString(mqttPort),
                "BENCH_PG_PORT", url[url.length - 2],
                "BENCH_PG_PASSWORD", hub.databasePassword()),
            List.of(
                "node",
                folder.resolve("node_modules/node-red/red.js").toString(),
                "--userDir",
                folder.toString(),
                "--settings",
                folder.resolve("settings.js").toString()));
    awaitStart();
  }

  private void install() throws IOException, InterruptedException {
    if (Files.exists(folder.resolve("node_modules/node-red/red.js"))) {
      return;
    }
    try (Spawned npm =
        Spawned.start(
            folder,
            "npm",
            Map.of(),
            List.of(
                "npm",
                "install",
                "--no-audit",
                "--no-fund",
                "--prefix",
                folder.toString(),
                "node-red@" + VERSION,
                "pg@8"))) {
      if (npm.await(900) != 0) {
        throw new IOException("npm could not install Node-RED, see " + folder.resolve("npm.log"));
      }
    }
  }

  private void copy(String name) throws IOException {
    try (InputStream resource = NodeRed.class.getResourceAsStream("/node-red/" + name)) {
      if (resource == null) {
        throw new IOException("no resource node-red/" + name);
      }
      String text = new String(resource.readAllBytes(), StandardCharsets.UTF_8);
      Files.writeString(folder.resolve(name), text);
    }
  }

  private void awaitStart() throws IOException, InterruptedException {
    Path log = folder.resolve("node-red.log");
    for (int i = 0; i < 120; i++) {
      if (Files.exists(log) && Files.readString(log).contains("Connected to broker")) {
        return;
      }
      TimeUnit.SECONDS.sleep(1);
    }
    throw new IOException("Node-RED did not start, see " + log);
  }

  /** Puts a load on it and waits until the last row is stored, or for a minute. */
  Run load(HubUnderTest generator, int rate, int devices, int seconds)
      throws IOException, SQLException, InterruptedException {
    double before = cpuSeconds();
    long rows = rows();
    JsonNode report =
        generator.load(
            "--anonymous",
            "--broker",
            "127.0.0.1:" + mqttPort,
            "--rate",
            Integer.toString(rate),
            "--devices",
            Integer.toString(devices),
            "--seconds",
            Integer.toString(seconds));
    double messages = report.path("acknowledged").asDouble();
    long stored = rows() - rows;
    for (int i = 0; i < 60 && stored < messages * 3; i++) {
      TimeUnit.SECONDS.sleep(1);
      stored = rows() - rows;
    }
    return new Run(messages, (cpuSeconds() - before) * 1e6 / messages, stored);
  }

  private double cpuSeconds() {
    return cpu(mosquitto) + cpu(nodeRed);
  }

  private static double cpu(Spawned process) {
    return ProcessHandle.of(process.pid())
            .flatMap(handle -> handle.info().totalCpuDuration())
            .orElse(Duration.ZERO)
            .toNanos()
        / 1e9;
  }

  private long rows() throws SQLException {
    try (Statement statement = database.createStatement();
        ResultSet count = statement.executeQuery("select count(*) from peer_telemetry")) {
      count.next();
      return count.getLong(1);
    }
  }

  @Override
  public void close() {
    nodeRed.close();
    mosquitto.close();
    try (Statement statement = database.createStatement()) {
      statement.execute("drop table peer_telemetry");
      database.close();
    } catch (SQLException e) {
      // The database goes with the benchmark.
    }
  }
}
