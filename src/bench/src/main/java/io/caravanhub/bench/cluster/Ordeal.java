package io.caravanhub.bench.cluster;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** Lets one fault after the other happen to a cluster under load. Not thread-safe. */
final class Ordeal {
  private static final int RECOVERY_SECONDS = 600;
  private static final int CALM_MILLIS = 2_000;
  private static final int CALM_LOOKS = 5;

  private final Cluster cluster;
  private final ClusterFleet fleet;
  private final Progress progress;
  private final PrintStream out;
  private final int rate;
  private final Map<String, List<Outcome>> outcomes = new LinkedHashMap<>();

  /**
   * What became of one fault.
   *
   * @param takeoverSeconds the longest time that a partition went without a commit while the fault
   *     lasted
   * @param backSeconds the same from its end on
   * @param recoverySeconds from its end until nothing waited any more
   * @param again messages that devices had to say again
   */
  record Outcome(double takeoverSeconds, double backSeconds, double recoverySeconds, long again) {}

  /**
   * @param rate of the load, messages a second
   */
  Ordeal(Cluster cluster, ClusterFleet fleet, Progress progress, int rate, PrintStream out) {
    this.cluster = cluster;
    this.fleet = fleet;
    this.progress = progress;
    this.rate = rate;
    this.out = out;
  }

  /**
   * Each hub once, in turns: stopped in order, started as another version.
   *
   * @param root of that version
   * @param seconds that each is away
   * @throws IOException when the cluster does not recover from one
   */
  void upgrade(Path root, int seconds) throws IOException, InterruptedException {
    awaitCalm();
    List<Fault> upgrades = cluster.upgrades(root);
    for (int n = 0; n < upgrades.size(); n++) {
      happen(upgrades.get(n), n + 1 + " of " + upgrades.size(), seconds);
    }
  }

  /**
   * So many faults, in turns over kinds and hubs.
   *
   * @param seconds that each lasts
   * @param only what the names of the kinds have in common
   * @throws IOException when the cluster does not recover from one
   */
  void run(int faults, int seconds, String only) throws IOException, InterruptedException {
    awaitCalm();
    int kinds = kinds(0, only).size();
    for (int n = 0; n < faults; n++) {
      // So that each hub has its turn at each kind, however many there are of both.
      int victim = n + n / kinds;
      happen(kinds(victim, only).get(n % kinds), n + 1 + " of " + faults, seconds);
    }
  }

  private void happen(Fault fault, String turn, int seconds)
      throws IOException, InterruptedException {
    long again = fleet.refused();
    progress.mark();
    fault.begin().run();
    TimeUnit.SECONDS.sleep(seconds);
    double takeover = progress.longestGapSeconds();
    progress.mark();
    fault.end().run();
    long ended = System.nanoTime();
    awaitCalm();
    Outcome outcome =
        new Outcome(
            takeover,
            progress.longestGapSeconds(),
            (System.nanoTime() - ended) / 1e9,
            fleet.refused() - again);
    outcomes.computeIfAbsent(fault.kind().toString(), name -> new ArrayList<>()).add(outcome);
    out.printf(
        Locale.ROOT,
        "  %8s  %-45s %-10s no commit for %4.1f s, %4.1f s after its end; calm after %5.1f s; said again %,d%n",
        turn,
        fault.kind(),
        fault.hub(),
        outcome.takeoverSeconds(),
        outcome.backSeconds(),
        outcome.recoverySeconds(),
        outcome.again());
  }

  private List<Fault> kinds(int victim, String only) {
    return cluster.faults(victim).stream()
        .filter(fault -> fault.kind().toString().contains(only))
        .toList();
  }

  /** Waits until every hub takes messages and none waits, neither in a device nor in Kafka. */
  private void awaitCalm() throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(RECOVERY_SECONDS);
    int calm = 0;
    while (calm < CALM_LOOKS) {
      TimeUnit.MILLISECONDS.sleep(200);
      boolean ready = fleet.waitingMillis() < CALM_MILLIS && progress.lag() < 2L * rate;
      for (ClusterHub hub : cluster.hubs()) {
        ready = ready && hub.isReady();
      }
      calm = ready ? calm + 1 : 0;
      if (System.nanoTime() > end) {
        throw new IOException(
            String.format(
                Locale.ROOT,
                "the cluster did not recover within %d s: a message waits for %,d ms, %,d records"
                    + " are not stored; ready: %s",
                RECOVERY_SECONDS,
                fleet.waitingMillis(),
                progress.lag(),
                ready()));
      }
    }
  }

  private String ready() throws InterruptedException {
    List<String> ready = new ArrayList<>();
    for (ClusterHub hub : cluster.hubs()) {
      ready.add(hub.name() + (hub.isReady() ? " yes" : " no"));
    }
    return String.join(", ", ready);
  }

  /** How many the cluster has recovered from. */
  int faults() {
    return outcomes.values().stream().mapToInt(List::size).sum();
  }

  /** A row for each kind of fault, in Markdown. */
  String table() {
    StringBuilder table =
        new StringBuilder(
            "| fault | times | longest without a commit in any partition, s: median (worst) |"
                + " the same after its end | until nothing waits any more |\n|---|---|---|---|---|\n");
    outcomes.forEach(
        (name, of) ->
            table
                .append("| ")
                .append(name)
                .append(" | ")
                .append(of.size())
                .append(" | ")
                .append(medianAndWorst(of, Outcome::takeoverSeconds))
                .append(" | ")
                .append(medianAndWorst(of, Outcome::backSeconds))
                .append(" | ")
                .append(medianAndWorst(of, Outcome::recoverySeconds))
                .append(" |\n"));
    return table.toString();
  }

  private static String medianAndWorst(List<Outcome> of, ToDoubleFunction<Outcome> value) {
    List<Double> sorted =
        of.stream().mapToDouble(value).boxed().sorted(Comparator.naturalOrder()).toList();
    int last = sorted.size() - 1;
    double median = (sorted.get(last / 2) + sorted.get((last + 1) / 2)) / 2;
    return String.format(Locale.ROOT, "%.1f (%.1f)", median, sorted.get(last));
  }
}
