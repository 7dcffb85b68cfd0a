package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.bench.peer.Spawned;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** The figures of connectors: their test, their deployment, polls, webhooks and inventories. */
final class ConnectorFigures {
  private static final String OEM = "tarn";
  private static final int DEPLOYMENTS = 10;

  private final Path root;
  private final Path folder;
  private final Figures figures;

  /** How much of it. */
  record Size(
      int connections, int every, int pollSeconds, int inventory, int rounds, int seconds) {}

  ConnectorFigures(Path root, Path folder, Figures figures) {
    this.root = root;
    this.folder = folder;
    this.figures = figures;
  }

  void run(Size size) throws Exception {
    test(size.rounds());
    Path connectors = folder.resolve("connectors-" + ProcessHandle.current().pid());
    copy(root.resolve("connectors"), connectors);
    Path home = folder.resolve("home-connectors-" + ProcessHandle.current().pid());
    Map<String, String> more = Map.of("HUB_CONNECTORS", connectors.toString());
    try (HubUnderTest hub = new HubUnderTest(root, home.toAbsolutePath(), more);
        StubCloud cloud = new StubCloud()) {
      deployments(hub, connectors);
      new HookFigures(hub, figures).run(size.rounds(), size.seconds());
      PollFigures polls = new PollFigures(hub, cloud, figures);
      polls.inventory(size.inventory());
      polls.schedule(size.connections(), size.every(), size.pollSeconds());
    }
  }

  /** From the command line, JVM start included. */
  private void test(int rounds) throws IOException, InterruptedException {
    List<Double> seconds = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      long began = System.nanoTime();
      List<String> command =
          List.of(root.resolve("hub").toString(), "connector", "test", "sensibo");
      try (Spawned test =
          Spawned.start(folder, "connector-test", Map.of("HUB_SKIP_BUILD", "1"), command)) {
        if (test.await(120) != 0) {
          throw new IOException("the test failed, see " + folder.resolve("connector-test.log"));
        }
      }
      seconds.add((System.nanoTime() - began) / 1e9);
    }
    figures.median("./hub connector test sensibo, start of the JVM included", "s", seconds);
  }

  /** A folder that is ready beside is renamed into place, and taken away again. */
  private void deployments(HubUnderTest hub, Path connectors) throws Exception {
    List<Double> there = new ArrayList<>();
    List<Double> changed = new ArrayList<>();
    List<Double> gone = new ArrayList<>();
    for (int i = 0; i < DEPLOYMENTS; i++) {
      String name = "dropped" + i;
      Path ready = folder.resolve("ready-" + ProcessHandle.current().pid()).resolve(name);
      copy(connectors.resolve("oem").resolve(OEM), ready);
      rename(ready, name);
      Path inPlace = connectors.resolve("oem").resolve(name);
      Files.move(ready, inPlace, StandardCopyOption.ATOMIC_MOVE);
      there.add(until(() -> routes(hub).contains("\"" + name + "\"")));
      Path route = inPlace.resolve(name + ".camel.yaml");
      Files.writeString(
          route, Files.readString(route).replace("description: ", "description: New "));
      changed.add(until(() -> routes(hub).contains("\"New ")));
      delete(inPlace);
      gone.add(until(() -> !routes(hub).contains("\"" + name + "\"")));
    }
    figures.median("a connector's folder dropped in, until its route runs", "ms", there);
    figures.median("its route file changed, until the new one runs", "ms", changed);
    figures.median("the folder deleted, until the route is gone", "ms", gone);
  }

  private static String routes(HubUnderTest hub) throws IOException, InterruptedException {
    return hub.call("GET", "/routes", "").toString();
  }

  static double until(Callable<Boolean> done) throws Exception {
    long began = System.nanoTime();
    while (!done.call()) {
      if (System.nanoTime() - began > TimeUnit.SECONDS.toNanos(300)) {
        throw new IOException("did not come about within 300 s");
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
    return (System.nanoTime() - began) / 1e6;
  }

  private static void rename(Path connector, String name) throws IOException {
    try (Stream<Path> files = Files.walk(connector)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file);
        Path target = file.resolveSibling(file.getFileName().toString().replace(OEM, name));
        Files.delete(file);
        Files.writeString(target, text.replace(OEM, name));
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target, StandardCopyOption.REPLACE_EXISTING);
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The value at a share of sorted values. */
  static double percentile(List<Double> values, double share) {
    double[] sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1, sorted.length * share)];
  }

  static String id(JsonNode made) {
    return made.path("id").asText();
  }
}
