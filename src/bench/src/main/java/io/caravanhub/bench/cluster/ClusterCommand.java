package io.caravanhub.bench.cluster;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hub cluster}: what is lost when parts of several hubs on Kafka fail. */
@Command(
    name = "hub cluster",
    description = {
      "Starts Kafka, PostgreSQL, Mosquitto (where it is installed), a played FSM and three hubs,"
          + " each a process on this machine with a folder of its own, and puts load on them.",
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
  private static final int SETTLE_SECONDS = 120;

  @Option(names = "--hubs", description = "how many hubs", defaultValue = "3")
  private int hubs;

  @Option(names = "--faults", description = "how many faults, in turns", defaultValue = "9")
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
    check("--hubs", hubs, 2, 9);
    check("--faults", faults, 0, 1_000);
    check("--seconds", seconds, 1, 600);
    check("--devices", devices, 30, 1_000);
    check("--rate", rate, devices / 50 + 1, devices * 50);
    if (Stream.of(Fault.Kind.values()).noneMatch(kind -> kind.toString().contains(only))) {
      throw new CommandLine.ParameterException(
          spec.commandLine(),
          "--only " + only + ": expected a part of one of: " + List.of(Fault.Kind.values()));
    }
    Path root = Path.of(System.getenv().getOrDefault("HUB_ROOT", ".")).toAbsolutePath();
    Path folder =
        Files.createDirectories(
            work.toAbsolutePath()
                .resolve(DateTimeFormatter.ofPattern("MMdd-HHmmss").format(LocalDateTime.now())));
    out.println("Starting Kafka, PostgreSQL, Mosquitto and " + hubs + " hubs in " + folder);
    try (Cluster cluster = new Cluster(root, folder, hubs, session, ownBrokers)) {
      if (cluster.mosquitto() == null) {
        out.println("Without Mosquitto: all devices are at the hubs' own brokers.");
      }
      cluster
          .hubs()
          .forEach(
              hub -> out.printf("  %s  %s  log %s%n", hub.name(), hub.uri("/console"), hub.log()));
      return run(cluster, folder);
    } catch (IOException e) {
      out.println("cluster: " + e.getMessage() + "; all logs are in " + folder);
      return 1;
    }
  }

  private void check(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), option + " " + value + ": expected " + least + " to " + most);
    }
  }

  private int run(Cluster cluster, Path folder) throws Exception {
    // Of some thirty seconds each.
    ClusterFleet.Size size =
        new ClusterFleet.Size(devices, rate, Math.min(200, 10 + faults * (seconds + 30) / 20));
    try (ClusterFleet fleet = new ClusterFleet(cluster, size);
        Progress progress = new Progress(cluster.kafka().brokers())) {
      out.printf(
          "%d devices say %d messages a second; %d faults of %d s each%n",
          devices, rate, faults, seconds);
      fleet.start();
      long began = System.nanoTime();
      Ordeal ordeal = new Ordeal(cluster, fleet, progress, rate, out);
      boolean recovered = recovers(ordeal);
      if (stay) {
        out.println(ordeal.table());
        out.println(
            "Goes on until Ctrl-C. The admin's token: " + cluster.hubs().get(0).adminToken());
        Thread.currentThread().join();
      }
      fleet.end();
      double took = (System.nanoTime() - began) / 1e9;
      return judge(cluster, fleet, progress, ordeal, took, folder) && recovered ? 0 : 1;
    }
  }

  /** Whether it recovered from each fault; what was acknowledged until then is compared anyway. */
  private boolean recovers(Ordeal ordeal) throws InterruptedException {
    try {
      ordeal.run(faults, seconds, only);
      return true;
    } catch (IOException e) {
      out.println("cluster: " + e.getMessage());
      return false;
    }
  }

  /** Whether nothing is lost, double or out of order. */
  private boolean judge(
      Cluster cluster,
      ClusterFleet fleet,
      Progress progress,
      Ordeal ordeal,
      double took,
      Path folder)
      throws Exception {
    Set<String> problems = fleet.problems();
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLE_SECONDS);
    Kept kept = kept(cluster, fleet);
    // What waits at Mosquitto is behind no offset.
    while ((progress.lag() > 0
            || kept.lost() > 0
            || !cluster.fsm().arrivals().keySet().containsAll(problems))
        && System.nanoTime() < end) {
      TimeUnit.SECONDS.sleep(2);
      kept = kept(cluster, fleet);
    }
    kept = kept(cluster, fleet);
    Set<String> ordered = cluster.fsm().arrivals().keySet();
    long missing = problems.stream().filter(problem -> !ordered.contains(problem)).count();
    long twice = cluster.fsm().orders() - ordered.size();
    String table =
        ordeal.table()
            + "\n| of "
            + hubs
            + " hubs, "
            + ordeal.faults()
            + " faults in "
            + String.format(Locale.ROOT, "%.0f", took)
            + " s | |\n|---|---|\n"
            + row("messages acknowledged", kept.acknowledged())
            + row("of those not stored", kept.lost())
            + row("stored twice", kept.twice())
            + row("stored out of order within their device", kept.disorder())
            + row("stored without an acknowledgement (the answer was lost)", kept.unasked())
            + row("said again by devices", fleet.refused())
            + row(
                "taken from Kafka more than once, stored once",
                progress.records() - kept.acknowledged() - kept.unasked())
            + row("dead letters", kept.dead())
            + row("problems told", problems.size())
            + row("work orders missing", missing)
            + row("work orders made twice", twice);
    Path report = folder.resolve("table.md");
    Files.writeString(report, table);
    out.printf("%n%s%nin %s%n", table, report);
    return kept.lost() + kept.twice() + kept.disorder() + kept.dead() + missing + twice == 0;
  }

  private static Kept kept(Cluster cluster, ClusterFleet fleet) throws SQLException {
    try (Connection owner = cluster.postgres().connection()) {
      return Kept.of(owner, fleet.devices());
    }
  }

  private static String row(String what, long count) {
    return String.format(Locale.ROOT, "| %s | %,d |%n", what, count);
  }
}
