package io.caravanhub.hub.upload;

import io.caravanhub.core.telemetry.UnusableMessageException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Counts what becomes of the rows of one upload. Belongs to one thread. */
final class Tally {
  private static final int PROBLEMS_MAX = 1_000;
  private static final int NEW_METRICS_MAX = 200;

  private final boolean dryRun;
  private final List<UploadReport.Problem> problems = new ArrayList<>();
  private final TreeSet<String> newMetrics = new TreeSet<>();
  private long rows;
  private long accepted;
  private long duplicates;
  private long refused;
  private long readings;
  private UploadReport.@Nullable Stop stopped;

  Tally(boolean dryRun) {
    this.dryRun = dryRun;
  }

  void row() {
    rows++;
  }

  void refuse(long line, UnusableMessageException why) {
    refused++;
    if (problems.size() < PROBLEMS_MAX) {
      problems.add(new UploadReport.Problem(line, why.field(), why.reason()));
    }
  }

  void stored(int accepted, int duplicates, int readings) {
    this.accepted += accepted;
    this.duplicates += duplicates;
    this.readings += readings;
  }

  void newMetric(String name) {
    if (newMetrics.size() < NEW_METRICS_MAX) {
      newMetrics.add(name);
    }
  }

  void stop(int status, long line, String reason) {
    stopped = new UploadReport.Stop(status, line, reason, status == 503 ? 5L : null);
  }

  void stop(int status, long line, String reason, Duration retryAfter) {
    stopped = new UploadReport.Stop(status, line, reason, retryAfter.toSeconds());
  }

  long refused() {
    return refused;
  }

  UploadReport report() {
    return new UploadReport(
        dryRun,
        rows,
        accepted,
        duplicates,
        refused,
        readings,
        List.copyOf(problems),
        refused - problems.size(),
        List.copyOf(newMetrics),
        stopped);
  }
}
