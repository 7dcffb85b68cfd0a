package io.caravanhub.bench.cluster;

import io.caravanhub.bench.peer.ArrivalFsm;
import io.caravanhub.bench.peer.KafkaServer;
import io.caravanhub.bench.peer.MosquittoServer;
import io.caravanhub.bench.peer.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Kafka, PostgreSQL, an FSM, Mosquitto where it is installed, and hubs with all roles: the first
 * with its own MQTT broker, the others at Mosquitto, or with their own where there is none. Not
 * thread-safe.
 */
final class Cluster implements AutoCloseable {
  private static final int START_SECONDS = 600;
  private static final int PARTITIONS = 12;

  private final PostgresServer postgres;
  private final KafkaServer kafka;
  private final @Nullable MosquittoServer mosquitto;
  private final ArrivalFsm fsm;
  private final List<ClusterHub> hubs = new ArrayList<>();
  private final String admin;

  /**
   * Starts all of it and waits until every hub takes messages.
   *
   * @param root of the project
   * @param folder for all data and logs, empty
   * @param size how many hubs
   * @param sessionMillis after which Kafka gives up a hub that says nothing
   * @param ownBrokers do without Mosquitto
   */
  Cluster(Path root, Path folder, int size, int sessionMillis, boolean ownBrokers)
      throws IOException, InterruptedException {
    postgres = new PostgresServer(folder.resolve("postgres"));
    kafka = new KafkaServer(folder.resolve("kafka"), size);
    mosquitto =
        ownBrokers || !MosquittoServer.isPossible()
            ? null
            : new MosquittoServer(folder.resolve("mosquitto"));
    fsm = new ArrivalFsm();
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    for (int i = 0; i < size; i++) {
      Map<String, String> settings = new HashMap<>();
      settings.put("HUB_DB_USER", PostgresServer.USER);
      settings.put("HUB_DB_PASSWORD", "none is asked");
      settings.put("HUB_SECRET_KEY", Base64.getEncoder().encodeToString(key));
      settings.put("HUB_KAFKA_PARTITIONS", Integer.toString(PARTITIONS));
      settings.put("HUB_KAFKA_SESSION_MS", Integer.toString(sessionMillis));
      settings.put("HUB_FSM_URL", fsm.url());
      // Hubs that start again and again never earn back what the second compiler takes.
      settings.put("HUB_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
      if (i > 0 && mosquitto != null) {
        settings.put("HUB_MQTT_URL", "tcp://127.0.0.1:" + mosquitto.port());
      }
      hubs.add(new ClusterHub(root, folder, i + 1, kafka.port(i), postgres.port(), settings));
    }
    kafka.start(hubs.stream().map(ClusterHub::kafkaPort).toList());
    // The first makes the schema.
    hubs.get(0).start();
    hubs.get(0).awaitReady(START_SECONDS);
    for (ClusterHub hub : hubs.subList(1, size)) {
      hub.start();
    }
    for (ClusterHub hub : hubs) {
      hub.awaitReady(START_SECONDS);
    }
    admin = Files.readString(hubs.get(0).adminToken()).strip();
  }

  List<ClusterHub> hubs() {
    return List.copyOf(hubs);
  }

  PostgresServer postgres() {
    return postgres;
  }

  KafkaServer kafka() {
    return kafka;
  }

  @Nullable MosquittoServer mosquitto() {
    return mosquitto;
  }

  ArrivalFsm fsm() {
    return fsm;
  }

  /** Token of an admin, good at every hub. */
  String admin() {
    return admin;
  }

  /** Ports of the brokers that a device of the n-th way in may speak to. */
  List<Integer> brokers(int way) {
    if (mosquitto == null) {
      List<Integer> ports = new ArrayList<>(hubs.stream().map(ClusterHub::mqttPort).toList());
      Collections.rotate(ports, -way);
      return ports;
    }
    return List.of(way == 0 ? hubs.get(0).mqttPort() : mosquitto.port());
  }

  /** What can happen to it, of which something can happen to one hub. */
  List<Fault> faults(int victim) {
    ClusterHub hub = hubs.get(victim % hubs.size());
    List<Fault> faults = new ArrayList<>();
    faults.add(new Fault(Fault.Kind.HUB_KILLED, () -> hub.process().kill(), hub::start));
    faults.add(
        new Fault(
            Fault.Kind.HUB_HANGS,
            () -> hub.process().signal("STOP"),
            () -> hub.process().signal("CONT")));
    faults.add(new Fault(Fault.Kind.FROM_KAFKA, hub.toKafka()::stall, hub.toKafka()::restore));
    faults.add(
        new Fault(Fault.Kind.FROM_POSTGRES, hub.toDatabase()::stall, hub.toDatabase()::restore));
    faults.add(
        new Fault(
            Fault.Kind.FROM_BOTH,
            () -> {
              hub.toKafka().stall();
              hub.toDatabase().stall();
            },
            () -> {
              hub.toKafka().restore();
              hub.toDatabase().restore();
            }));
    faults.add(new Fault(Fault.Kind.HUB_STOPPED, () -> hub.process().close(), hub::start));
    faults.add(new Fault(Fault.Kind.KAFKA_KILLED, kafka::kill, kafka::startAgain));
    faults.add(new Fault(Fault.Kind.POSTGRES_KILLED, postgres::kill, postgres::startAgain));
    if (mosquitto != null) {
      faults.add(new Fault(Fault.Kind.MOSQUITTO_STOPPED, mosquitto::close, mosquitto::start));
    }
    return faults;
  }

  @Override
  public void close() throws IOException {
    for (ClusterHub hub : hubs) {
      hub.close();
    }
    kafka.close();
    postgres.close();
    if (mosquitto != null) {
      mosquitto.close();
    }
    fsm.close();
  }
}
