package io.caravanhub.bench.cluster;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What became of all messages and problems of a run.
 *
 * @param refused how often a message had to be said again
 * @param repeated records that were taken from Kafka again
 * @param problems that devices told of
 * @param missing of those that have no work order
 * @param twice work orders beside another one for the same problem
 */
record Verdict(
    Kept kept,
    Noticed noticed,
    long refused,
    long repeated,
    long problems,
    long missing,
    long twice) {
  private static final int SETTLE_SECONDS = 300;

  /** Compares all once the fleet has ended, and waits for what is still under way. */
  static Verdict of(Cluster cluster, ClusterFleet fleet, Progress progress)
      throws SQLException, InterruptedException, ExecutionException, TimeoutException {
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
    return new Verdict(
        kept,
        noticed(cluster, fleet),
        fleet.refused(),
        progress.records() - kept.acknowledged() - kept.unasked(),
        problems.size(),
        problems.stream().filter(problem -> !ordered.contains(problem)).count(),
        cluster.fsm().orders() - ordered.size());
  }

  private static Kept kept(Cluster cluster, ClusterFleet fleet) throws SQLException {
    try (Connection owner = cluster.postgres().connection()) {
      return Kept.of(owner, fleet.devices());
    }
  }

  private static Noticed noticed(Cluster cluster, ClusterFleet fleet) throws SQLException {
    try (Connection owner = cluster.postgres().connection()) {
      return Noticed.of(owner, fleet.devices());
    }
  }

  /** Whether nothing is lost, double or out of order. */
  boolean isGood() {
    long wrong = kept.lost() + kept.twice() + kept.disorder() + kept.dead();
    return wrong + noticed.twice() + noticed.moved() + missing + twice == 0;
  }

  /** A row for each count, in Markdown. */
  String rows() {
    return row("messages acknowledged", kept.acknowledged())
        + row("of those not stored", kept.lost())
        + row("stored twice", kept.twice())
        + row("stored out of order within their device", kept.disorder())
        + row("stored without an acknowledgement (the answer was lost)", kept.unasked())
        + row("said again by devices", refused)
        + row("taken from Kafka more than once, stored once", repeated)
        + row("dead letters", kept.dead())
        + row("problems told", problems)
        + row("events recorded twice", noticed.twice())
        + row("events with another onset than the problem's", noticed.moved())
        + row("work orders missing", missing)
        + row("work orders made twice", twice);
  }

  private static String row(String what, long count) {
    return String.format(Locale.ROOT, "| %s | %,d |%n", what, count);
  }
}
