package io.caravanhub.bench.cluster;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hub cluster}: what is lost when parts of several hubs on Kafka fail. */
@Command(
    name = "hub cluster",
    description = {
      "Starts Kafka, PostgreSQL, Mosquitto (where it is installed), a played FSM and three hubs or,"
          + " with --roles, five by stage, each a process on this machine with a folder of its own,"
          + " and puts load on them.",
      "Then lets one after the other fail: killed, hung, parted from Kafka or the database; compares"
          + " every message that was acknowledged with the store and every problem with the work"
          + " orders, and prints a table.",
      "Each fault takes some fifty seconds, for a hub that was killed starts again beside all others.",
      "Exit codes: 0 nothing lost, double or out of order and recovered from each, 1 otherwise, 2 an"
          + " option is wrong"
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    sortOptions = false)
public final class ClusterCommand implements Callable<Integer> {
  @Option(names = "--hubs", description = "how many hubs, with all roles", defaultValue = "3")
  private int hubs;

  @Option(
      names = "--roles",
      arity = "0..1",
      paramLabel = "LIST",
      fallbackValue = Layout.STAGES,
      description =
          "instead: hubs with these roles, such as ingest/pipeline/all; without a list as in the"
              + " compose profile scale: "
              + Layout.STAGES)
  private @Nullable String roles;

  @Option(
      names = "--upgrade-from",
      paramLabel = "FOLDER",
      description =
          "all hubs begin as another version, from this folder with its built project, and first"
              + " each is stopped in order and started as this version, one after the other")
  private @Nullable Path upgradeFrom;

  @Option(names = "--faults", description = "how many faults, in turns", defaultValue = "10")
  private int faults;

  @Option(
      names = "--only",
      paramLabel = "TEXT",
      description = "only faults whose names have this, such as killed or Kafka",
      defaultValue = "")
  private String only = "";

  @Option(names = "--seconds", description = "how long each lasts", defaultValue = "20")
  private int seconds;

  @Option(names = "--rate", description = "messages a second", defaultValue = "200")
  private int rate;

  @Option(names = "--devices", description = "that send them", defaultValue = "150")
  private int devices;

  @Option(
      names = "--session",
      paramLabel = "MS",
      description = "HUB_KAFKA_SESSION_MS: when Kafka gives up a hub that says nothing",
      defaultValue = "6000")
  private int session;

  @Option(
      names = "--own-brokers",
      description = "all devices at the hubs' own brokers, also where Mosquitto is installed")
  private boolean ownBrokers;

  @Option(
      names = "--stay",
      description = "go on with the load after the table, until Ctrl-C, to look around")
  private boolean stay;

  @Option(
      names = "--work",
      description = "folder for all data and logs, one below it for each run",
      defaultValue = "target/cluster")
  private Path work = Path.of("target/cluster");

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  private final PrintStream out = System.out;

  /** Runs the command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new ClusterCommand()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    Layout layout = layout();
    check("--faults", faults, 0, 1_000);
    check("--seconds", seconds, 1, 600);
    check("--devices", devices, 30, 1_000);
    check("--rate", rate, devices / 50 + 1, devices * 50);
    checkOnly();
    Path root = Path.of(System.getenv().getOrDefault("HUB_ROOT", ".")).toAbsolutePath();
    Path first = upgradeFrom == null ? root : built(upgradeFrom.toAbsolutePath().normalize());
    Path folder =
        Files.createDirectories(
            work.toAbsolutePath()
                .resolve(DateTimeFormatter.ofPattern("MMdd-HHmmss").format(LocalDateTime.now())));
    out.println(
        "Starting Kafka, PostgreSQL, Mosquitto and " + layout.size() + " hubs in " + folder);
    try (Cluster cluster = new Cluster(first, folder, layout, session, ownBrokers)) {
      if (cluster.mosquitto() == null) {
        out.println("Without Mosquitto: all devices are at the hubs' own brokers.");
      }
      cluster
          .hubs()
          .forEach(
              hub ->
                  out.printf(
                      "  %-10s %s  log %s%n",
                      hub.name(),
                      hub.uri(hub.does("console") ? "/console" : "/actuator/health"),
                      hub.log()));
      return run(cluster, folder, root);
    } catch (IOException e) {
      out.println("cluster: " + e.getMessage() + "; all logs are in " + folder);
      return 1;
    }
  }

  private Layout layout() {
    if (roles == null) {
      check("--hubs", hubs, 2, Layout.MOST);
      return Layout.alike(hubs);
    }
    if (spec.commandLine().getParseResult().hasMatchedOption("--hubs")) {
      throw wrong("--hubs: not beside --roles, which says how many hubs there are");
    }
    try {
      return Layout.read(roles);
    } catch (IllegalArgumentException e) {
      throw wrong("--roles " + roles + ": " + e.getMessage());
    }
  }

  private void checkOnly() {
    List<String> kinds =
        Stream.of(Fault.Kind.values())
            .filter(kind -> Cluster.hasTurn(kind, ownBrokers))
            .map(Fault.Kind::toString)
            .toList();
    if (kinds.stream().noneMatch(kind -> kind.contains(only))) {
      throw wrong("--only " + only + ": expected a part of one of: " + kinds);
    }
  }

  /** The folder, when there is a project in it that can be started as it is. */
  private Path built(Path folder) {
    Stream.of(folder.resolve("hub"), folder.resolve("src/hub/target/lib"))
        .filter(Files::notExists)
        .findFirst()
        .ifPresent(
            missing -> {
              throw wrong(
                  "--upgrade-from "
                      + folder
                      + ": no built hub, "
                      + missing
                      + " is missing; check the other version out there and run mvn -DskipTests"
                      + " package in it");
            });
    return folder;
  }

  private void check(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw wrong(option + " " + value + ": expected " + least + " to " + most);
    }
  }

  private CommandLine.ParameterException wrong(String text) {
    return new CommandLine.ParameterException(spec.commandLine(), text);
  }

  private int run(Cluster cluster, Path folder, Path root) throws Exception {
    int upgrades = upgradeFrom == null ? 0 : cluster.hubs().size();
    // Of some thirty seconds each.
    int problems = 10 + (upgrades + faults) * (seconds + 30) / 20;
    ClusterFleet.Size size = new ClusterFleet.Size(devices, rate, Math.min(200, problems));
    try (ClusterFleet fleet = new ClusterFleet(cluster, size);
        Progress progress = new Progress(cluster.kafka().brokers())) {
      out.printf(
          "%d devices say %d messages a second; %d faults of %d s each%n",
          devices, rate, upgrades + faults, seconds);
      fleet.start();
      long began = System.nanoTime();
      Ordeal ordeal = new Ordeal(cluster, fleet, progress, rate, out);
      boolean recovered = recovers(ordeal, root);
      if (stay) {
        out.println(ordeal.table());
        out.println("Goes on until Ctrl-C. The admin's token: " + cluster.api().adminToken());
        Thread.currentThread().join();
      }
      fleet.end();
      double took = (System.nanoTime() - began) / 1e9;
      Verdict verdict = Verdict.of(cluster, fleet, progress);
      String table =
          ordeal.table()
              + String.format(
                  Locale.ROOT,
                  "%n| of %d hubs, %d faults in %.0f s | |%n|---|---|%n",
                  cluster.hubs().size(),
                  ordeal.faults(),
                  took)
              + verdict.rows();
      Path report = folder.resolve("table.md");
      Files.writeString(report, table);
      out.printf("%n%s%nin %s%n", table, report);
      return verdict.isGood() && recovered ? 0 : 1;
    }
  }

  /** Whether it recovered from each fault; what was acknowledged until then is compared anyway. */
  private boolean recovers(Ordeal ordeal, Path root) throws InterruptedException {
    try {
      if (upgradeFrom != null) {
        ordeal.upgrade(root, seconds);
      }
      ordeal.run(faults, seconds, only);
      return true;
    } catch (IOException e) {
      out.println("cluster: " + e.getMessage());
      return false;
    }
  }
}
