package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.bench.peer.KafkaServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hub bench}: the figures of docs/BENCHMARKS.md. */
@Command(
    name = "hub bench",
    description = {
      "Measures a hub of its own, everything embedded and the generator on the same machine,",
      "against a bare COPY and against Node-RED with Mosquitto, which npm installs when node is"
          + " there;",
      "first its mapping engine alone against jsonata-js, with --data its detectors on NAB and"
          + " SKAB, its rules, and its Modbus client;",
      "last connectors against a cloud and work orders at an FSM that are played.",
      "Takes about an hour on two cores; nothing else should run."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false)
public final class BenchCommand implements Callable<Integer> {
  /** What can be measured. */
  enum Part {
    mapping,
    detect,
    rules,
    fieldbus,
    copy,
    peer,
    gateway,
    drain,
    sustained,
    overload,
    queries,
    connectors,
    fsm,
    kafka
  }

  @Option(
      names = "--only",
      split = ",",
      paramLabel = "PART",
      description = "of ${COMPLETION-CANDIDATES}",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private List<Part> only = List.of(Part.values());

  @Option(names = "--rounds", description = "rounds of each figure", defaultValue = "5")
  private int rounds;

  @Option(names = "--seconds", description = "of a round", defaultValue = "20")
  private int seconds;

  @Option(
      names = "--rate",
      description = "messages a second that count as sustained",
      defaultValue = "15000")
  private int rate;

  @Option(
      names = "--sustained-seconds",
      description = "how long the sustained rate is held",
      defaultValue = "600")
  private int sustainedSeconds;

  @Option(names = "--rows", description = "rows for the queries", defaultValue = "50000000")
  private long rows;

  @Option(
      names = "--hours",
      description = "that a gateway was offline before it drains",
      defaultValue = "0.5")
  private double hours;

  @Option(names = "--tags", description = "that it reads each second", defaultValue = "500")
  private int tags;

  @Option(
      names = "--units",
      description = "devices between which they are divided",
      defaultValue = "5")
  private int units;

  @Option(names = "--connections", description = "that poll a cloud", defaultValue = "1000")
  private int connections;

  @Option(names = "--every", description = "seconds between their polls", defaultValue = "300")
  private int every;

  @Option(
      names = "--poll-seconds",
      description = "how long their polls are watched, after one interval of first ones",
      defaultValue = "360")
  private int pollSeconds;

  @Option(
      names = "--inventory",
      description = "devices of one account that are synced",
      defaultValue = "10000")
  private int inventory;

  @Option(
      names = "--orders",
      description = "work orders a second, beside 5,000 messages/s, and beside 3,000 through Kafka",
      defaultValue = "10")
  private int orders;

  @Option(
      names = "--work",
      description = "folder for hub, peer and logs",
      defaultValue = "target/bench")
  private Path work = Path.of("target/bench");

  @Option(
      names = "--home",
      description =
          "home of the hub, to use one again that is filled (default: a new one in --work)",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable Path home;

  @Option(
      names = "--data",
      paramLabel = "FOLDER",
      description = "folder with the benchmarks nab and skab as their makers publish them",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable Path data;

  @Option(
      names = "--brokers",
      paramLabel = "HOST:PORT",
      description = "a Kafka that nobody else uses, for the part kafka (default: one of its own)",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable String brokers;

  private final Figures figures = new Figures(System.out);

  /** Runs the benchmark and ends the process. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new BenchCommand()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Path root = Path.of(System.getenv().getOrDefault("HUB_ROOT", "."));
    Path folder = Files.createDirectories(work.toAbsolutePath());
    if (only.contains(Part.mapping)) {
      figures.say("%s", Part.mapping);
      mapping(root, folder);
    }
    if (only.contains(Part.detect)) {
      figures.say("%s", Part.detect);
      detect();
    }
    if (only.contains(Part.rules)) {
      figures.say("%s", Part.rules);
      new RuleFigures(root.toAbsolutePath(), folder, figures).run(rounds);
    }
    if (only.contains(Part.fieldbus)) {
      figures.say("%s", Part.fieldbus);
      new FieldbusFigures(folder, figures).run(rounds, seconds);
    }
    if (!List.of(
            Part.mapping,
            Part.detect,
            Part.rules,
            Part.fieldbus,
            Part.connectors,
            Part.fsm,
            Part.kafka)
        .containsAll(only)) {
      wholeHub(root, folder);
    }
    if (only.contains(Part.connectors)) {
      figures.say("%s", Part.connectors);
      new ConnectorFigures(root.toAbsolutePath(), folder, figures)
          .run(
              new ConnectorFigures.Size(
                  connections, every, pollSeconds, inventory, rounds, seconds));
    }
    if (only.contains(Part.fsm)) {
      figures.say("%s", Part.fsm);
      new FsmFigures(root.toAbsolutePath(), folder, figures)
          .run(new FsmFigures.Size(5_000, orders, rounds, seconds), "in one process", Map.of());
    }
    if (only.contains(Part.kafka)) {
      figures.say("%s", Part.kafka);
      kafka(root, folder);
    }
    Path report = folder.resolve("figures.md");
    Files.writeString(report, figures.table());
    figures.say("%n%s%nin %s", figures.table(), report);
    return 0;
  }

  private void mapping(Path root, Path folder) throws Exception {
    if (!MappingPeer.isPossible()) {
      figures.say("skipped: needs node and npm on the PATH");
      return;
    }
    new MappingPeer(root.toAbsolutePath(), folder, figures).run(rounds, Math.min(seconds, 2));
  }

  private void detect() throws Exception {
    if (data == null || !DetectorFigures.isPossible(data)) {
      figures.say("skipped: needs --data, a folder that holds nab and skab");
      return;
    }
    new DetectorFigures(data, figures).run();
  }

  private void kafka(Path root, Path folder) throws Exception {
    if (brokers != null) {
      new KafkaFigures(root.toAbsolutePath(), folder, brokers, figures)
          .run(rounds, seconds, orders);
      return;
    }
    try (KafkaServer own = new KafkaServer(Files.createTempDirectory(folder, "kafka-"), 0)) {
      own.start(List.of());
      new KafkaFigures(root.toAbsolutePath(), folder, own.brokers(), figures)
          .run(rounds, seconds, orders);
    }
  }

  private void wholeHub(Path root, Path folder) throws Exception {
    Path used = home == null ? folder.resolve("home-" + ProcessHandle.current().pid()) : home;
    try (HubUnderTest hub = new HubUnderTest(root, used.toAbsolutePath())) {
      figures.say("warming up");
      hub.load(mqtt(5_000, 40, "--no-compare"));
      hub.load("--http", "--rate", "0", "--seconds", "15", "--no-compare");
      for (Part part : only) {
        figures.say("%s", part);
        switch (part) {
          case mapping, detect, rules, fieldbus -> figures.say("  done before the hub was started");
          case connectors, fsm, kafka -> figures.say("  done after it, with a hub of their own");
          case copy -> copy(hub);
          case peer -> peer(hub, folder);
          case gateway -> gateway(hub);
          case drain ->
              new DrainFigures(hub, root.toAbsolutePath(), folder, figures)
                  .run(new DrainFigures.Size(hours, tags, units, rounds));
          case sustained -> sustained(hub);
          case overload -> overload(hub);
          case queries -> new Queries(hub, figures).run(rows, rounds);
        }
      }
    }
  }

  private static String[] mqtt(int rate, int seconds, String... more) {
    List<String> options =
        new ArrayList<>(
            List.of(
                "--rate",
                Integer.toString(rate),
                "--devices",
                "1000",
                "--seconds",
                Integer.toString(seconds)));
    options.addAll(List.of(more));
    return options.toArray(String[]::new);
  }

  private void copy(HubUnderTest hub) throws Exception {
    List<Double> bare = new ArrayList<>();
    List<Double> stored = new ArrayList<>();
    List<Double> ratio = new ArrayList<>();
    try (java.sql.Connection connection = hub.database()) {
      BareCopy limit = new BareCopy(connection);
      for (int round = 0; round < rounds; round++) {
        double before = limit.rowsPerSecond(1_500_000);
        double hubRows =
            hub.load(
                    "--http",
                    "--rate",
                    "0",
                    "--batch",
                    "500",
                    "--seconds",
                    Integer.toString(seconds),
                    "--no-compare")
                .path("rows_per_second")
                .asDouble();
        double after = limit.rowsPerSecond(1_500_000);
        bare.add((before + after) / 2);
        stored.add(hubRows);
        ratio.add(hubRows / ((before + after) / 2));
      }
    }
    figures.median("bare binary COPY into telemetry", "rows/s", bare);
    figures.median("stored from HTTP in batches of 500", "rows/s", stored);
    figures.median("HTTP over bare COPY", "", ratio);
  }

  private void peer(HubUnderTest hub, Path folder) throws Exception {
    if (!NodeRed.isPossible()) {
      figures.say("skipped: needs mosquitto, node and npm on the PATH");
      return;
    }
    int peerRate = 5_000;
    List<Double> own = new ArrayList<>();
    List<Double> other = new ArrayList<>();
    List<Double> ratio = new ArrayList<>();
    List<Double> stored = new ArrayList<>();
    try (NodeRed peer = new NodeRed(folder.resolve("node-red"), hub)) {
      peer.load(hub, peerRate, 1_000, seconds);
      for (int round = 0; round < rounds; round++) {
        JsonNode report = hub.load(mqtt(peerRate, seconds, "--no-compare"));
        double ours =
            report.path("hub").path("cpu_s").asDouble()
                * 1e6
                / report.path("acknowledged").asDouble();
        NodeRed.Run theirs = peer.load(hub, peerRate, 1_000, seconds);
        own.add(ours);
        other.add(theirs.cpuMicros());
        ratio.add(ours / theirs.cpuMicros());
        stored.add(100 * theirs.rowsStored() / theirs.messages() / 3);
      }
    }
    figures.median("CPU of the hub a message, broker included", "us", own);
    figures.median("CPU of Node-RED and Mosquitto a message", "us", other);
    figures.median("hub over Node-RED and Mosquitto", "", ratio);
    figures.median("rows that Node-RED stored of those acknowledged", "%", stored);
  }

  private void gateway(HubUnderTest hub) throws Exception {
    several(
        "messages/s over one gateway connection",
        "messages/s",
        () -> hub.load(mqtt(25_000, seconds, "--gateway", "--no-compare", "--drain", "20")),
        report -> report.path("acknowledged_per_second").asDouble());
  }

  private void sustained(HubUnderTest hub) throws Exception {
    several(
        "publish to commit p99 at half of " + rate + " messages/s",
        "ms",
        () -> hub.load(mqtt(rate / 2, seconds, "--no-compare")),
        report -> report.path("p99_ms").asDouble());
    JsonNode report = hub.load(mqtt(rate, sustainedSeconds));
    figures.line(
        "acknowledged at " + rate + " messages/s offered for " + sustainedSeconds + " s",
        String.format(
            Locale.ROOT, "%,.0f messages/s", report.path("acknowledged_per_second").asDouble()),
        String.format(
            Locale.ROOT,
            "one round: %,d offered, %,d stored, lost %d, duplicates %d, held back %,d, p99 %.0f"
                + " ms",
            report.path("offered").asLong(),
            report.path("stored").asLong(),
            report.path("lost").asLong(),
            report.path("duplicates").asLong(),
            report.path("held_back").asLong(),
            report.path("p99_ms").asDouble()));
  }

  /** Growth counts from a hub that is warm at this rate: its buffers and heap have been in use. */
  private void overload(HubUnderTest hub) throws Exception {
    hub.load(mqtt(rate * 2, 60, "--no-compare"));
    JsonNode report = hub.load(mqtt(rate * 2, sustainedSeconds, "--no-compare"));
    double before = report.path("hub").path("rss_before_mb").asDouble();
    double after = report.path("hub").path("rss_after_mb").asDouble();
    figures.line(
        "RSS growth at " + rate * 2 + " messages/s offered for " + sustainedSeconds + " s",
        String.format(Locale.ROOT, "%+.1f %%", 100 * (after - before) / before),
        String.format(
            Locale.ROOT,
            "one round: %.0f -> %.0f MB, %,.0f messages/s acknowledged",
            before,
            after,
            report.path("acknowledged_per_second").asDouble()));
  }

  private interface Round {
    JsonNode run() throws Exception;
  }

  private void several(String what, String unit, Round round, ToDoubleFunction<JsonNode> value)
      throws Exception {
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      values.add(value.applyAsDouble(round.run()));
    }
    figures.median(what, unit, values);
  }
}
