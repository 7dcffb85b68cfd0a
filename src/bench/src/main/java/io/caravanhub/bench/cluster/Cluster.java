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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Kafka, PostgreSQL, an FSM, Mosquitto where it is installed, and hubs. Of hubs with all roles the
 * first has its own MQTT broker and the others are at Mosquitto; of hubs with roles of their own
 * all are at Mosquitto; where there is none, each has its own. Not thread-safe.
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

  /** Whether the first hub has its own broker beside Mosquitto. */
  private final boolean firstBroker;

  /**
   * Starts all of it and waits until every hub takes messages.
   *
   * @param root of the project that the hubs are started from
   * @param folder for all data and logs, empty
   * @param sessionMillis after which Kafka gives up a hub that says nothing
   * @param ownBrokers do without Mosquitto
   */
  Cluster(Path root, Path folder, Layout layout, int sessionMillis, boolean ownBrokers)
      throws IOException, InterruptedException {
    firstBroker = layout.isAlike();
    postgres = new PostgresServer(folder.resolve("postgres"));
    kafka = new KafkaServer(folder.resolve("kafka"), layout.size());
    mosquitto = hasMosquitto(ownBrokers) ? new MosquittoServer(folder.resolve("mosquitto")) : null;
    fsm = new ArrivalFsm();
    byte[] key = new byte[32];
    new SecureRandom().nextBytes(key);
    for (int i = 0; i < layout.size(); i++) {
      Map<String, String> settings = new HashMap<>();
      settings.put("HUB_DB_USER", PostgresServer.USER);
      settings.put("HUB_DB_PASSWORD", "none is asked");
      settings.put("HUB_SECRET_KEY", Base64.getEncoder().encodeToString(key));
      settings.put("HUB_KAFKA_PARTITIONS", Integer.toString(PARTITIONS));
      settings.put("HUB_KAFKA_SESSION_MS", Integer.toString(sessionMillis));
      settings.put("HUB_FSM_URL", fsm.url());
      // Hubs that start again and again never earn back what the second compiler takes.
      settings.put("HUB_JAVA_OPTS", "-XX:TieredStopAtLevel=1");
      ClusterHub hub =
          new ClusterHub(root, folder, layout, i, kafka.port(i), postgres.port(), settings);
      if (mosquitto != null && !(firstBroker && i == 0)) {
        if (BrokerLine.isPossible()) {
          hub.useLineToMosquitto(i + 1, mosquitto.port());
        } else {
          hub.useMosquitto(mosquitto.port());
        }
      }
      hubs.add(hub);
    }
    kafka.start(hubs.stream().map(ClusterHub::kafkaPort).toList());
    // The first makes the schema.
    hubs.get(0).start();
    hubs.get(0).awaitReady(START_SECONDS);
    for (ClusterHub hub : hubs.subList(1, hubs.size())) {
      hub.start();
    }
    for (ClusterHub hub : hubs) {
      hub.awaitReady(START_SECONDS);
    }
    admin = Files.readString(api().adminToken()).strip();
  }

  private static boolean hasMosquitto(boolean ownBrokers) {
    return !ownBrokers && MosquittoServer.isPossible();
  }

  /** Whether this has its turn among the faults of a cluster on this machine. */
  static boolean hasTurn(Fault.Kind kind, boolean ownBrokers) {
    return switch (kind) {
      case MOSQUITTO_STOPPED -> hasMosquitto(ownBrokers);
      case FROM_MOSQUITTO -> hasMosquitto(ownBrokers) && BrokerLine.isPossible();
      case UPGRADED -> false;
      default -> true;
    };
  }

  List<ClusterHub> hubs() {
    return List.copyOf(hubs);
  }

  /** Those that take messages in. */
  List<ClusterHub> ingest() {
    return hubs.stream().filter(hub -> hub.does("ingest")).toList();
  }

  /** The first that answers calls of the API. */
  ClusterHub api() {
    return hubs.stream().filter(hub -> hub.does("api")).findFirst().orElseThrow();
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
      List<Integer> ports = new ArrayList<>(ingest().stream().map(ClusterHub::mqttPort).toList());
      Collections.rotate(ports, -way);
      return ports;
    }
    return List.of(way == 0 && firstBroker ? hubs.get(0).mqttPort() : mosquitto.port());
  }

  /** What can happen to it, of which something can happen to one hub. */
  List<Fault> faults(int victim) {
    ClusterHub hub = hubs.get(victim % hubs.size());
    String name = hub.name();
    List<Fault> faults = new ArrayList<>();
    faults.add(new Fault(Fault.Kind.HUB_KILLED, name, () -> hub.process().kill(), hub::start));
    faults.add(
        new Fault(
            Fault.Kind.HUB_HANGS,
            name,
            () -> hub.process().signal("STOP"),
            () -> hub.process().signal("CONT")));
    faults.add(
        new Fault(Fault.Kind.FROM_KAFKA, name, hub.toKafka()::stall, hub.toKafka()::restore));
    faults.add(
        new Fault(
            Fault.Kind.FROM_POSTGRES, name, hub.toDatabase()::stall, hub.toDatabase()::restore));
    faults.add(
        new Fault(
            Fault.Kind.FROM_BOTH,
            name,
            () -> {
              hub.toKafka().stall();
              hub.toDatabase().stall();
            },
            () -> {
              hub.toKafka().restore();
              hub.toDatabase().restore();
            }));
    faults.add(new Fault(Fault.Kind.HUB_STOPPED, name, () -> hub.process().close(), hub::start));
    faults.add(new Fault(Fault.Kind.KAFKA_KILLED, "", kafka::kill, kafka::startAgain));
    faults.add(new Fault(Fault.Kind.POSTGRES_KILLED, "", postgres::kill, postgres::startAgain));
    if (mosquitto != null) {
      faults.add(new Fault(Fault.Kind.MOSQUITTO_STOPPED, "", mosquitto::close, mosquitto::start));
    }
    takesFromMosquitto().ifPresent(taker -> faults.add(fromMosquitto(taker)));
    return faults;
  }

  private Optional<ClusterHub> takesFromMosquitto() {
    return hubs.stream()
        .filter(hub -> hub.toMosquitto() != null)
        .max(Comparator.comparingInt(hub -> lineOf(hub).connections()));
  }

  private static Fault fromMosquitto(ClusterHub hub) {
    BrokerLine line = lineOf(hub);
    return new Fault(Fault.Kind.FROM_MOSQUITTO, hub.name(), line::stall, line::restore);
  }

  private static BrokerLine lineOf(ClusterHub hub) {
    return Objects.requireNonNull(hub.toMosquitto());
  }

  /** Each hub's start as another version, those of the role {@code pipeline} first. */
  List<Fault> upgrades(Path root) {
    return hubs.stream()
        .sorted(Comparator.comparing(hub -> !hub.does("pipeline")))
        .map(
            hub ->
                new Fault(
                    Fault.Kind.UPGRADED,
                    hub.name(),
                    () -> hub.process().close(),
                    () -> hub.startFrom(root)))
        .toList();
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
