package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Parsing and mapping a payload, one thread: the hub's engine, bounds on, beside jsonata-js under
 * Node with the same expressions and payloads, in turns.
 */
final class MappingPeer {
  private static final String VERSION = "2";
  private static final List<String> MODELS = List.of("halden/aerotop", "brisk/flowmate");

  private final ObjectMapper json = new ObjectMapper();
  private final Path mappings;
  private final Path folder;
  private final Figures figures;

  /** Payloads mapped a second, and the time of the slowest but one in a hundred, microseconds. */
  private record Speed(double perSecond, double p99) {}

  MappingPeer(Path root, Path folder, Figures figures) throws IOException {
    this.mappings = root.resolve("mappings");
    this.folder = Files.createDirectories(folder.resolve("jsonata"));
    this.figures = figures;
  }

  static boolean isPossible() {
    return NodeRed.onPath("node") && NodeRed.onPath("npm");
  }

  void run(int rounds, double seconds) throws IOException, InterruptedException {
    install();
    for (String model : MODELS) {
      List<Double> ours = new ArrayList<>();
      List<Double> theirs = new ArrayList<>();
      List<Double> ratio = new ArrayList<>();
      List<Double> slowest = new ArrayList<>();
      for (int round = 0; round < rounds; round++) {
        Speed hub = hub(model, seconds);
        Speed node = node(model, seconds);
        ours.add(hub.perSecond());
        theirs.add(node.perSecond());
        ratio.add(hub.perSecond() / node.perSecond());
        slowest.add(hub.p99());
      }
      figures.median(model + " parsed and mapped by the hub", "1/s", ours);
      figures.median(model + " parsed and mapped by jsonata-js", "1/s", theirs);
      figures.median(model + ": hub over jsonata-js", "", ratio);
      figures.median(model + ": p99 of the hub", "us", slowest);
    }
  }

  private Speed hub(String model, double seconds) throws IOException {
    Mapping mapping =
        Mapping.compile(
            new MappingSource(
                model, "bench", Files.readString(mappings.resolve(model + ".jsonata"))));
    byte[] payload =
        json.writeValueAsBytes(json.readTree(mappings.resolve(model + ".in.json").toFile()));
    Map<String, Object> bindings = Map.of("device", "d", "tenant", "default", "received", 1L);
    loop(mapping, payload, bindings, seconds, null);
    double perSecond = loop(mapping, payload, bindings, seconds, null);
    double[] sample = new double[2_000_000];
    int taken = (int) (seconds / 4 * loop(mapping, payload, bindings, seconds / 4, sample));
    double[] sorted = Arrays.copyOf(sample, Math.min(taken, sample.length));
    Arrays.sort(sorted);
    return new Speed(perSecond, sorted[(int) (sorted.length * 0.99)]);
  }

  private double loop(
      Mapping mapping,
      byte[] payload,
      Map<String, Object> bindings,
      double seconds,
      double @Nullable [] sample)
      throws IOException {
    long began = System.nanoTime();
    long until = began + (long) (seconds * 1e9);
    long count = 0;
    for (long start = began; start < until; start = System.nanoTime()) {
      for (int i = 0; i < 16; i++) {
        long at = sample == null ? 0 : System.nanoTime();
        mapping.apply(json.readValue(payload, Object.class), bindings, MappingBounds.DEFAULT);
        if (sample != null) {
          sample[(int) (count % sample.length)] = (System.nanoTime() - at) / 1e3;
        }
        count++;
      }
    }
    return count * 1e9 / (System.nanoTime() - began);
  }

  private Speed node(String model, double seconds) throws IOException, InterruptedException {
    Path result = folder.resolve("node.log");
    Files.deleteIfExists(result);
    try (Spawned node =
        Spawned.start(
            folder,
            "node",
            Map.of(),
            List.of(
                "node",
                folder.resolve("loop.js").toString(),
                mappings.resolve(model + ".jsonata").toString(),
                mappings.resolve(model + ".in.json").toString(),
                Double.toString(seconds)))) {
      if (node.await((long) (seconds * 10) + 60) != 0) {
        throw new IOException("jsonata-js failed, see " + result);
      }
    }
    JsonNode told = json.readTree(result.toFile());
    return new Speed(told.path("perSecond").asDouble(), told.path("p99").asDouble());
  }

  private void install() throws IOException, InterruptedException {
    try (InputStream script = MappingPeer.class.getResourceAsStream("/mapping/loop.js")) {
      if (script == null) {
        throw new IOException("no resource mapping/loop.js");
      }
      Files.write(folder.resolve("loop.js"), script.readAllBytes());
    }
    if (Files.exists(folder.resolve("node_modules/jsonata/package.json"))) {
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
                "jsonata@" + VERSION))) {
      if (npm.await(300) != 0) {
        throw new IOException("npm could not install jsonata, see " + folder.resolve("npm.log"));
      }
    }
  }
}
