package io.caravanhub.hub.kafka;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.Uuid;

/**
 * A Kafka of one node, broker and controller in one (KRaft), in a JVM of its own on loopback. It
 * makes no topics by itself, and may be stopped and started again with what it held.
 */
public final class KafkaBroker implements AutoCloseable {
  private static final Duration LOADED_MACHINE = Duration.ofMinutes(2);

  private final Path folder;
  private final int inside;
  private Process process;

  /** Starts one that everybody may use, without TLS. */
  public KafkaBroker(Path folder) throws Exception {
    this(folder, "", Map.of());
  }

  /**
   * Starts one.
   *
   * @param clients another listener beside the own, as {@code NAME://host:port}, or empty
   * @param more settings, that listener's protocol among them
   */
  KafkaBroker(Path folder, String clients, Map<String, String> more) throws Exception {
    this.folder = Files.createDirectories(folder);
    int[] ports = freePorts(2);
    inside = ports[0];
    Path logs = Files.createDirectory(folder.resolve("logs"));
    Files.writeString(
        logs.resolve("meta.properties"),
        "version=1\nnode.id=1\ncluster.id=%s\ndirectory.id=%s\n"
            .formatted(Uuid.randomUuid(), Uuid.randomUuid()));
    String told = "INSIDE://" + address() + (clients.isEmpty() ? "" : "," + clients);
    Properties settings = new Properties();
    settings.setProperty("process.roles", "broker,controller");
    settings.setProperty("node.id", "1");
    settings.setProperty("controller.quorum.voters", "1@127.0.0.1:" + ports[1]);
    settings.setProperty("controller.listener.names", "CONTROLLER");
    settings.setProperty("inter.broker.listener.name", "INSIDE");
    settings.setProperty("listeners", told + ",CONTROLLER://127.0.0.1:" + ports[1]);
    settings.setProperty("advertised.listeners", told);
    settings.setProperty("listener.security.protocol.map", "INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.setProperty("log.dirs", logs.toString());
    settings.setProperty("auto.create.topics.enable", "false");
    settings.setProperty("offsets.topic.replication.factor", "1");
    settings.setProperty("transaction.state.log.replication.factor", "1");
    settings.setProperty("transaction.state.log.min.isr", "1");
    settings.setProperty("offsets.topic.num.partitions", "1");
    settings.setProperty("group.initial.rebalance.delay.ms", "0");
    // 128 MiB by itself, in a heap that has twice that.
    settings.setProperty("log.cleaner.dedupe.buffer.size", "8388608");
    more.forEach(settings::setProperty);
    try (OutputStream out = Files.newOutputStream(settings())) {
      settings.store(out, null);
    }
    start();
  }

  private Path settings() {
    return folder.resolve("server.properties");
  }

  /** Where it is reached without TLS, by everybody. */
  public String address() {
    return "127.0.0.1:" + inside;
  }

  /** Makes a topic. */
  public void create(String topic, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address()))) {
      admin
          .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
          .all()
          .get(LOADED_MACHINE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  /** Starts it again where it was, with what it held. */
  void start() throws IOException {
    Path log = folder.resolve("kafka.log");
    Process started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=logback-commands.xml",
                "-cp",
                System.getProperty("java.class.path"),
                "kafka.Kafka",
                settings().toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
    process = started;
    await().atMost(LOADED_MACHINE).until(() -> answers() || !started.isAlive());
    if (!started.isAlive()) {
      throw new IOException("Kafka did not start: " + Files.readString(log));
    }
  }

  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress("127.0.0.1", inside), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** Stops it in order. */
  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
  }

  /** All different: a listener's address must be known before it starts. */
  static int[] freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0));
      }
      return sockets.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
