package io.caravanhub.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * What a process and those below it have used, of {@code /proc}; zeros where there is none.
 *
 * @param cpuSeconds user and system time, children that have ended included
 * @param megabytes resident
 * @param atNanos when, as {@link System#nanoTime} counts
 */
record Cost(double cpuSeconds, double megabytes, long atNanos) {
  private static final double TICKS = 100;

  /** Of a process alone. */
  static Cost alone(long pid) {
    double[] sum = new double[2];
    add(pid, sum);
    return new Cost(sum[0], sum[1], System.nanoTime());
  }

  /** Of a process and those below it. */
  static Cost family(long pid) {
    double[] sum = new double[2];
    add(pid, sum);
    ProcessHandle.of(pid)
        .ifPresent(process -> process.descendants().forEach(below -> add(below.pid(), sum)));
    return new Cost(sum[0], sum[1], System.nanoTime());
  }

  private static void add(long pid, double[] sum) {
    try {
      Path process = Path.of("/proc", Long.toString(pid));
      String stat = Files.readString(process.resolve("stat"));
      // The name, in brackets, may hold blanks.
      String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
      for (int i = 11; i <= 14; i++) {
        sum[0] += Long.parseLong(fields[i]) / TICKS;
      }
      for (String line : Files.readAllLines(process.resolve("status"))) {
        if (line.startsWith("RssAnon:")) {
          sum[1] += Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
        }
      }
    } catch (IOException | NumberFormatException e) {
      // It has ended, or this is no Linux.
    }
  }

  /** CPU since another, as parts of one core. */
  double coresSince(Cost before) {
    double seconds = (atNanos - before.atNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    return (cpuSeconds - before.cpuSeconds) / seconds;
  }
}
