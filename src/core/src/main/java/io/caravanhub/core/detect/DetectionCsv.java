package io.caravanhub.core.detect;

import java.io.IOException;
import java.io.Writer;
import java.util.Locale;

/** Writes what a detector said, one line a reading. */
public final class DetectionCsv {
  private static final String NAMES = "time,score,anomaly,expected_low,expected_high,reason\n";

  private final Writer file;

  /** Writes the names of the columns. */
  public DetectionCsv(Writer file) throws IOException {
    this.file = file;
    file.write(NAMES);
  }

  /** Writes a line; ends that are not known are empty. */
  public void write(String time, Detection said) throws IOException {
    file.write(quoted(time));
    file.write(',');
    file.write(score(said.score()));
    file.write(said.anomaly() ? ",1," : ",0,");
    file.write(end(said.low()));
    file.write(',');
    file.write(end(said.high()));
    file.write(',');
    file.write(quoted(said.reason()));
    file.write('\n');
  }

  // Six digits by hand: String.format takes longer than most detectors.
  private static String score(double score) {
    long millionths = Math.round(score * 1e6);
    String digits = Long.toString(1_000_000 + millionths % 1_000_000);
    return (millionths >= 1_000_000 ? "1." : "0.") + digits.substring(1);
  }

  private static String end(double value) {
    if (!Double.isFinite(value)) {
      return "";
    }
    double size = Math.abs(value);
    return size != 0 && (size < 1e-3 || size >= 1e9)
        ? String.format(Locale.ROOT, "%.6g", value)
        : Double.toString(Math.rint(value * 1e6) / 1e6);
  }

  private static String quoted(String text) {
    return text.indexOf(',') < 0 && text.indexOf('"') < 0 && text.indexOf('\n') < 0
        ? text
        : '"' + text.replace("\"", "\"\"") + '"';
  }
}
