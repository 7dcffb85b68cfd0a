package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.bench.peer.Spawned;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How many Modbus tags a second one core reads and writes as canonical messages, the devices on the
 * other core. Each round is a process of its own.
 */
final class FieldbusFigures {
  private static final int CONNECTIONS = 5;
  private static final int TAGS = 1_000;
  private static final int MARGIN_SECONDS = 30;

  private final Path folder;
  private final Figures figures;

  FieldbusFigures(Path folder, Figures figures) {
    this.folder = folder;
    this.figures = figures;
  }

  void run(int rounds, int seconds) throws IOException, InterruptedException {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    try (Spawned peer =
        Spawned.start(
            folder,
            "modbus-peer",
            Map.of(),
            java(1, ModbusPeer.class, List.of(Integer.toString(port))))) {
      measure("that lie together", port, 2, rounds, seconds);
      measure("that lie apart, a request each", port, 4, rounds, seconds);
      if (!peer.isAlive()) {
        throw new IOException("the peer ended; see " + folder.resolve("modbus-peer.log"));
      }
    }
  }

  private void measure(String how, int port, int step, int rounds, int seconds)
      throws IOException, InterruptedException {
    List<Double> rates = new ArrayList<>();
    List<Double> perCore = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      JsonNode one = round(port, step, seconds);
      figures.say("  %s", one);
      rates.add(one.path("tags_per_second").asDouble());
      perCore.add(one.path("tags_per_second").asDouble() / one.path("cores").asDouble());
    }
    String what = CONNECTIONS + " units of " + TAGS + " Modbus tags " + how;
    figures.median(what + ", as fast as one core reads them", "tags/s", rates);
    figures.median(what + ", for each second of CPU", "tags", perCore);
  }

  private JsonNode round(int port, int step, int seconds) throws IOException, InterruptedException {
    Path log = folder.resolve("fieldbus-run.log");
    Files.deleteIfExists(log);
    List<String> arguments =
        List.of(
            Integer.toString(port),
            folder.resolve("fieldbus-maps").toString(),
            Integer.toString(CONNECTIONS),
            Integer.toString(TAGS),
            Integer.toString(seconds),
            Integer.toString(step));
    try (Spawned run =
        Spawned.start(folder, "fieldbus-run", Map.of(), java(0, FieldbusRun.class, arguments))) {
      if (run.await(2L * seconds + MARGIN_SECONDS) != 0) {
        throw new IOException("the run failed; see " + log);
      }
    }
    List<String> lines = Files.readAllLines(log);
    return new ObjectMapper().readTree(lines.get(lines.size() - 1));
  }

  /** Java on one core, where the system can say so. */
  private static List<String> java(int core, Class<?> main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (Files.isExecutable(Path.of("/usr/bin/taskset"))) {
      command.addAll(List.of("taskset", "-c", Integer.toString(core)));
    }
    command.addAll(
        List.of(
            ProcessHandle.current().info().command().orElse("java"),
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    command.addAll(arguments);
    return command;
  }
}
