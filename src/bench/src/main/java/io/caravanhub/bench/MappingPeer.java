package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.bench.peer.Spawned;
import io.caravanhub.core.mapping.Mapping;
import io.caravanhub.core.mapping.MappingBounds;
import io.caravanhub.core.mapping.MappingSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.Statistics;

/**
 * Parsing and mapping a payload, one thread: the hub's engine, bounds on, under JMH, beside
 * jsonata-js under Node, in turns. Both compile the same expression once, read the same bytes for
 * each message, and have to give the same.
 */
final class MappingPeer {
  private static final String VERSION = "2";

  /** So many times as long as it is measured; loop.js does the same. */
  private static final int WARM_UP = 3;

  private static final List<String> SHIPPED =
      List.of("halden/aerotop", "brisk/flowmate", "shelly/pro-3em", "tasmota/device");
  private static final List<String> TYPICAL = List.of("things-stack", "sparkplug", "gateway");

  private final ObjectMapper json = new ObjectMapper();
  private final Path mappings;
  private final Path folder;
  private final Figures figures;

  /** Payloads mapped a second, and for one its CPU and its times, in microseconds. */
  private record Speed(double perSecond, double cpu, double p50, double p99) {}

  /** An expression and a payload as files. */
  private record Sample(String name, Path expression, Path payload, long bytes) {}

  MappingPeer(Path root, Path folder, Figures figures) throws IOException {
    this.mappings = root.resolve("mappings");
    this.folder = Files.createDirectories(folder.resolve("jsonata"));
    this.figures = figures;
  }

  static boolean isPossible() {
    return NodeRed.onPath("node") && NodeRed.onPath("npm");
  }

  void run(int rounds, double seconds) throws IOException, InterruptedException, RunnerException {
    install();
    for (Sample sample : samples()) {
      compare(sample, rounds, seconds);
    }
  }

  private void compare(Sample sample, int rounds, double seconds)
      throws IOException, InterruptedException, RunnerException {
    List<Speed> ours = new ArrayList<>();
    List<Speed> theirs = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      RunResult rate = measure(sample, Mode.Throughput, seconds);
      theirs.add(node(sample, seconds));
      Statistics times =
          measure(sample, Mode.SampleTime, seconds / 2).getPrimaryResult().getStatistics();
      ours.add(
          new Speed(
              rate.getPrimaryResult().getScore() * 1e6,
              counted(rate, "cpu") / counted(rate, "mapped"),
              times.getPercentile(50),
              times.getPercentile(99)));
    }
    List<Double> ratios = new ArrayList<>();
    List<Double> byCpu = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      ratios.add(ours.get(i).perSecond() / theirs.get(i).perSecond());
      byCpu.add(theirs.get(i).cpu() / ours.get(i).cpu());
    }
    String what = sample.name() + " (" + sample.bytes() + " bytes)";
    figures.median(what + ": hub over jsonata-js", "", ratios);
    figures.median(what + ": hub over jsonata-js, by CPU time", "", byCpu);
    tell(sample.name() + ", hub", ours);
    tell(sample.name() + ", jsonata-js", theirs);
  }

  private void tell(String who, List<Speed> rounds) {
    figures.median(who, "1/s", rounds.stream().map(Speed::perSecond).toList());
    figures.median(who + ", CPU", "us", rounds.stream().map(Speed::cpu).toList());
    figures.median(who + ", p50", "us", rounds.stream().map(Speed::p50).toList());
    figures.median(who + ", p99", "us", rounds.stream().map(Speed::p99).toList());
  }

  /** Payloads are written without blanks, as devices do. */
  private List<Sample> samples() throws IOException {
    List<Sample> samples = new ArrayList<>();
    for (String name : SHIPPED) {
      samples.add(
          sample(
              name,
              Files.readString(mappings.resolve(name + ".jsonata")),
              Files.readAllBytes(mappings.resolve(name + ".in.json"))));
    }
    for (String name : TYPICAL) {
      String expression = new String(resource(name + ".jsonata"), StandardCharsets.UTF_8);
      samples.add(sample(name, expression, resource(name + ".in.json")));
    }
    return samples;
  }

  private Sample sample(String name, String expression, byte[] payload) throws IOException {
    String file = name.replace('/', '-');
    Path source = Files.writeString(folder.resolve(file + ".jsonata"), expression);
    byte[] bytes = json.writeValueAsBytes(json.readTree(payload));
    return new Sample(
        name, source, Files.write(folder.resolve(file + ".json"), bytes), bytes.length);
  }

  private static double counted(RunResult result, String what) {
    return Objects.requireNonNull(result.getSecondaryResults().get(what)).getScore();
  }

  private static RunResult measure(Sample sample, Mode mode, double seconds)
      throws RunnerException {
    TimeValue time = TimeValue.milliseconds((long) (seconds * 1000));
    return new Runner(
            new OptionsBuilder()
                .include(MappingBenchmark.class.getName() + ".map")
                .param("expression", sample.expression().toString())
                .param("payload", sample.payload().toString())
                .mode(mode)
                .forks(1)
                .warmupIterations(WARM_UP)
                .warmupTime(time)
                .measurementIterations(1)
                .measurementTime(time)
                .jvmArgsAppend("-Xmx768m", "-Xmn320m")
                .verbosity(VerboseMode.SILENT)
                .build())
        .runSingle();
  }

  private Speed node(Sample sample, double seconds) throws IOException, InterruptedException {
    Path result = folder.resolve("node.log");
    Files.deleteIfExists(result);
    List<String> command =
        List.of(
            "node",
            folder.resolve("loop.js").toString(),
            sample.expression().toString(),
            sample.payload().toString(),
            Double.toString(seconds));
    try (Spawned node = Spawned.start(folder, "node", Map.of(), command)) {
      if (node.await((long) (seconds * 20) + 60) != 0) {
        throw new IOException("jsonata-js failed, see " + result);
      }
    }
    JsonNode told = json.readTree(result.toFile());
    requireSame(sample, told.path("output"));
    return new Speed(
        told.path("perSecond").asDouble(),
        told.path("cpu").asDouble(),
        told.path("p50").asDouble(),
        told.path("p99").asDouble());
  }

  private void requireSame(Sample sample, JsonNode theirs) throws IOException {
    Mapping mapping =
        Mapping.compile(
            new MappingSource(sample.name(), "1", Files.readString(sample.expression())));
    Object input = json.readValue(sample.payload().toFile(), Object.class);
    JsonNode ours = json.valueToTree(mapping.apply(input, Map.of(), MappingBounds.DEFAULT));
    if (!ours.equals(MappingPeer::compare, theirs)) {
      throw new IOException(sample.name() + ": the hub gives " + ours + ", jsonata-js " + theirs);
    }
  }

  private static int compare(JsonNode a, JsonNode b) {
    return a.isNumber() && b.isNumber()
        ? Double.compare(a.asDouble(), b.asDouble())
        : a.equals(b) ? 0 : 1;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream file = MappingPeer.class.getResourceAsStream("/mapping/" + name)) {
      if (file == null) {
        throw new IOException("no resource mapping/" + name);
      }
      return file.readAllBytes();
    }
  }

  private void install() throws IOException, InterruptedException {
    Files.write(folder.resolve("loop.js"), resource("loop.js"));
    if (Files.exists(folder.resolve("node_modules/jsonata/package.json"))) {
      return;
    }
    List<String> command =
        List.of(
            "npm",
            "install",
            "--no-audit",
            "--no-fund",
            "--prefix",
            folder.toString(),
            "jsonata@" + VERSION);
    try (Spawned npm = Spawned.start(folder, "npm", Map.of(), command)) {
      if (npm.await(300) != 0) {
        throw new IOException("npm could not install jsonata, see " + folder.resolve("npm.log"));
      }
    }
  }
}
