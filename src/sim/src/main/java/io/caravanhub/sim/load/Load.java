package io.caravanhub.sim.load;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One run: provision, send, wait, compare, report. */
public final class Load {
  /** How far the hub's clock may be ahead of ours, where it gave a row a time of its own. */
  private static final long AHEAD_MILLIS = 60_000;

  private final LoadPlan plan;
  private final ProcessMeter hub;
  private final ProcessMeter database;
  private final ProcessMeter broker;
  private final PrintStream progress;

  /** Whether somebody looks on: then there is a line that changes every second. */
  private final boolean terminal = System.console() != null;

  /**
   * A run that has not begun.
   *
   * @param databasePid process id of the database, 0 for the hub's embedded one
   * @param brokerPid process id of a broker outside, 0 for the embedded one
   * @param progress where a line is kept up to date while messages are sent
   */
  public Load(LoadPlan plan, long databasePid, long brokerPid, PrintStream progress) {
    this.plan = plan;
    this.hub = ProcessMeter.inFile(plan.home().resolve("hub.lock"));
    this.database =
        databasePid == 0
            ? ProcessMeter.inFile(plan.home().resolve("postgres").resolve("postmaster.pid"))
            : ProcessMeter.of(databasePid);
    this.broker = ProcessMeter.of(brokerPid);
    this.progress = progress;
  }

  /**
   * Runs it.
   *
   * @param file where the report goes as JSON
   * @param offering ends the sending before the plan does
   * @return whether nothing was lost and nothing is there twice
   * @throws IOException when the hub cannot be reached or does not take the devices
   */
  public boolean run(Path file, Offering offering) throws IOException, InterruptedException {
    Hub api = new Hub(plan.http(), plan.home());
    Fleet fleet = Fleet.ready(api, plan, System.currentTimeMillis());
    Tally tally = new Tally();
    Report report;
    try (Sender sender =
        plan.way() == LoadPlan.Way.HTTP
            ? new HttpSender(plan, fleet, tally, offering)
            : new MqttSender(plan, fleet, tally, offering)) {
      sender.open();
      ProcessMeter own = ProcessMeter.of(ProcessHandle.current().pid());
      double[] before = cpu(own);
      double[] memory = memory();
      long start = System.nanoTime();
      try (Ticker ticker = new Ticker(tally, sender, start)) {
        sender.send();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      double[] after = cpu(own);
      double[] memoryAfter = memory();
      if (plan.compare() && !terminal) {
        progress.printf("comparing %,d devices with the store%n", plan.devices());
      }
      Comparison.Outcome outcome =
          plan.compare()
              ? new Comparison(api, plan.metrics(), System.currentTimeMillis() + AHEAD_MILLIS)
                  .of(
                      fleet.devices(),
                      n -> {
                        if (terminal) {
                          progress.printf(
                              "\rcomparing: %,d of %,d devices with the store   ",
                              n, plan.devices());
                        }
                      })
              : Comparison.Outcome.NONE;
      if (terminal) {
        progress.print("\r\033[K");
      }
      report =
          new Report(
              plan.way().name().toLowerCase(Locale.ROOT),
              plan.devices(),
              plan.rate(),
              seconds,
              plan.metrics(),
              tally.offered.sum(),
              tally.heldBack.sum(),
              tally.acknowledged.sum(),
              tally.acknowledged.sum() / seconds,
              tally.acknowledged.sum() * plan.metrics() / seconds,
              outcome.stored(),
              outcome.lost(),
              outcome.duplicates(),
              outcome.astray(),
              outcome.unacknowledged(),
              sender.pending(),
              tally.refused.sum(),
              tally.sentAgain.sum(),
              tally.reconnects.sum(),
              tally.badOffered.sum(),
              tally.badSettled.sum(),
              tally.percentile(50),
              tally.percentile(95),
              tally.percentile(99),
              tally.slowest(),
              Report.Cost.between(before[0], after[0], memory[0], memoryAfter[0]),
              Report.Cost.between(before[1], after[1], memory[1], memoryAfter[1]),
              Report.Cost.between(before[2], after[2], memory[2], memoryAfter[2]),
              after[3] - before[3]);
    }
    System.out.print(report.text());
    report.write(file);
    System.out.println("  report     " + file);
    System.out.println(report.isClean() ? "  result     clean" : "  result     NOT CLEAN");
    return report.isClean();
  }

  private double[] cpu(ProcessMeter own) {
    return new double[] {
      hub.cpuSeconds(), database.cpuSeconds(), broker.cpuSeconds(), own.cpuSeconds()
    };
  }

  private double[] memory() {
    return new double[] {
      hub.residentMegabytes(), database.residentMegabytes(), broker.residentMegabytes()
    };
  }

  /** The line that says every second how far it is. */
  private final class Ticker implements AutoCloseable {
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    private final int every = terminal ? 1 : 10;
    private long before;

    Ticker(Tally tally, Sender sender, long start) {
      clock.scheduleAtFixedRate(
          () -> {
            long now = tally.acknowledged.sum();
            progress.printf(
                terminal
                    ? "\r%4d s of %d  acknowledged %,d (%,d/s)  pending %,d   "
                    : "%4d s of %d  acknowledged %,d (%,d/s)  pending %,d%n",
                (System.nanoTime() - start) / 1_000_000_000L,
                plan.seconds(),
                now,
                (now - before) / every,
                sender.pending());
            before = now;
          },
          every,
          every,
          TimeUnit.SECONDS);
    }

    @Override
    public void close() {
      clock.shutdownNow();
      if (terminal) {
        progress.print("\r\033[K");
      }
    }
  }
}
