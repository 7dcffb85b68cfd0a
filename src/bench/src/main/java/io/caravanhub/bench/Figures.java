package io.caravanhub.bench;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Measured values, printed as they come and as a table at the end. */
final class Figures {
  private final PrintStream progress;
  private final List<String> lines = new ArrayList<>();

  Figures(PrintStream progress) {
    this.progress = progress;
  }

  void say(String format, Object... values) {
    progress.println(String.format(Locale.ROOT, format, values));
  }

  /** A figure of several rounds: its median, and the rounds themselves. */
  double median(String what, String unit, List<Double> rounds) {
    double[] sorted = rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    double median =
        sorted.length % 2 == 1
            ? sorted[sorted.length / 2]
            : (sorted[sorted.length / 2 - 1] + sorted[sorted.length / 2]) / 2;
    List<String> shown = Arrays.stream(sorted).mapToObj(Figures::shown).toList();
    line(what, shown(median) + " " + unit, String.join(", ", shown));
    return median;
  }

  void line(String what, String value, String rounds) {
    say("  %-58s %18s   (%s)", what, value, rounds);
    lines.add("| " + what + " | " + value + " | " + rounds + " |");
  }

  private static String shown(double value) {
    return value >= 100
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, value < 10 ? "%.2f" : "%.1f", value);
  }

  String table() {
    return "| figure | median | rounds |\n|---|---|---|\n" + String.join("\n", lines) + "\n";
  }
}
