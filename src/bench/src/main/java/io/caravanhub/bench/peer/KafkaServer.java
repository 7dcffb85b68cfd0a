package io.caravanhub.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka of one node, broker and controller in one (KRaft), in a JVM of its own on loopback. It
 * has a listener of its own for each of its users, so that each can be parted from it alone. Its
 * data outlives it. Not thread-safe.
 */
public final class KafkaServer implements AutoCloseable {
  private final Path folder;
  private final int own = Ports.free();
  private final List<Integer> ports = new ArrayList<>();
  private @Nullable Spawned process;

  /**
   * One that does not run yet.
   *
   * @param folder for its data and log
   * @param users how many have a listener beside the own
   */
  public KafkaServer(Path folder, int users) {
    this.folder = folder;
    for (int i = 0; i < users; i++) {
      ports.add(Ports.free());
    }
  }

  /** Where a user's listener is. */
  public int port(int user) {
    return ports.get(user);
  }

  /** Bootstrap servers over the listener that nobody else uses. */
  public String brokers() {
    return "127.0.0.1:" + own;
  }

  /**
   * Makes its storage and starts it.
   *
   * @param advertised for each user the port under which that one shall reach it
   */
  public void start(List<Integer> advertised) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    int controller = Ports.free();
    StringBuilder listeners = new StringBuilder("CONTROLLER://127.0.0.1:" + controller);
    StringBuilder told = new StringBuilder("OWN://" + brokers());
    StringBuilder protocols = new StringBuilder("CONTROLLER:PLAINTEXT,OWN:PLAINTEXT");
    listeners.append(",OWN://").append(brokers());
    for (int i = 0; i < ports.size(); i++) {
      listeners.append(",USER").append(i).append("://127.0.0.1:").append(ports.get(i));
      told.append(",USER").append(i).append("://127.0.0.1:").append(advertised.get(i));
      protocols.append(",USER").append(i).append(":PLAINTEXT");
    }
    Files.writeString(
        settings(),
        """
        process.roles=broker,controller
        node.id=1
        controller.quorum.voters=1@127.0.0.1:%d
        controller.listener.names=CONTROLLER
        inter.broker.listener.name=OWN
        listeners=%s
        advertised.listeners=%s
        listener.security.protocol.map=%s
        log.dirs=%s
        auto.create.topics.enable=false
        offsets.topic.replication.factor=1
        transaction.state.log.replication.factor=1
        transaction.state.log.min.isr=1
        group.min.session.timeout.ms=1000
        """
            .formatted(controller, listeners, told, protocols, folder.resolve("data")));
    run(
        "format",
        "kafka.tools.StorageTool",
        List.of("format", "-t", Uuid.randomUuid().toString(), "-c", settings().toString()));
    startAgain();
  }

  private Path settings() {
    return folder.resolve("server.properties");
  }

  private void run(String name, String program, List<String> arguments)
      throws IOException, InterruptedException {
    try (Spawned tool = spawn(name, program, arguments)) {
      if (tool.await(60) != 0) {
        throw new IOException(program + " failed, see " + folder.resolve(name + ".log"));
      }
    }
  }

  private Spawned spawn(String name, String program, List<String> arguments) throws IOException {
    List<String> command =
        Stream.concat(
                Stream.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx512m",
                    "-XX:+UseSerialGC",
                    "-Dorg.slf4j.simpleLogger.log.kafka.coordinator.group=info",
                    "-cp",
                    System.getProperty("java.class.path"),
                    program),
                arguments.stream())
            .toList();
    return Spawned.start(folder, name, Map.of(), command);
  }

  /** Starts it on the data it has, and waits until it answers. */
  public void startAgain() throws IOException, InterruptedException {
    Spawned started = spawn("kafka", "kafka.Kafka", List.of(settings().toString()));
    process = started;
    Ports.await(own, started::isAlive, "Kafka");
  }

  /** Ends it as {@code kill -9} does. */
  public void kill() throws InterruptedException {
    if (process != null) {
      process.kill();
    }
  }

  @Override
  public void close() {
    if (process != null) {
      process.close();
    }
  }
}
