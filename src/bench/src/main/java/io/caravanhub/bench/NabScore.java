package io.caravanhub.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * The score of the Numenta Anomaly Benchmark: Lavin and Ahmad, "Evaluating real-time anomaly
 * detection algorithms", ICMLA 2015, section II. A window of anomaly is worth what its earliest
 * detection is worth, a sigmoid of where in the window it lies; a window without one costs {@code
 * falseNegative}; a detection outside costs up to {@code falsePositive}, less when it follows a
 * window closely; the first 15 % of a file, at most 750 rows, count for nothing. 100 is every
 * window detected in its first row and nothing else, 0 is no detection at all.
 */
final class NabScore {
  private static final double PROBATION = 0.15;
  private static final int PROBATION_ROWS = 5_000;

  /** A window of anomaly: its first and last row, counted from 0. */
  record Window(int first, int last) {
    int width() {
      return last - first + 1;
    }
  }

  /** A score and the threshold it was reached with. */
  record Best(double score, double threshold) {}

  /** A row that counts: what a detection there is worth, and in which window it is, or -1. */
  private record Row(double score, boolean flagged, double worth, int window) {}

  private final double falsePositive;
  private final double falseNegative;
  private final List<Row> rows = new ArrayList<>();
  private int windows;

  private NabScore(double falsePositive, double falseNegative) {
    this.falsePositive = falsePositive;
    this.falseNegative = falseNegative;
  }

  /** The weights of the paper's standard profile. */
  static NabScore standard() {
    return new NabScore(0.11, 1);
  }

  /** Adds a file: what a detector said of each of its rows. */
  void add(double[] scores, boolean[] flags, List<Window> labelled) {
    int probation = (int) (PROBATION * Math.min(scores.length, PROBATION_ROWS));
    int next = 0;
    for (int i = 0; i < scores.length; i++) {
      while (next < labelled.size() && i > labelled.get(next).last()) {
        next++;
      }
      boolean inside = next < labelled.size() && i >= labelled.get(next).first();
      double worth = inside ? hit(labelled.get(next), i) : miss(labelled, next, i);
      if (i >= probation) {
        rows.add(new Row(scores[i], flags[i], worth, inside ? windows + next : -1));
      }
    }
    windows += labelled.size();
  }

  private static double hit(Window window, int row) {
    return sigmoid(-(window.last() - row + 1.0) / window.width()) / sigmoid(-1);
  }

  private double miss(List<Window> labelled, int next, int row) {
    if (next == 0) {
      return -falsePositive;
    }
    Window before = labelled.get(next - 1);
    return falsePositive * sigmoid((row - before.last()) / (before.width() - 1.0));
  }

  /** From +1 well before the window's end over 0 at its end to -1 well after it. */
  private static double sigmoid(double position) {
    return position > 3 ? -1 : 2 / (1 + Math.exp(5 * position)) - 1;
  }

  /** The score of the detector's own verdicts. */
  double ofVerdicts() {
    return normal(sum(rows.stream().filter(Row::flagged).toList()));
  }

  /** The score when every row of this score and more counts as detected. */
  double at(double threshold) {
    return normal(sum(rows.stream().filter(row -> row.score() >= threshold).toList()));
  }

  private double sum(List<Row> detections) {
    double[] best = missed();
    double sum = 0;
    for (Row row : detections) {
      if (row.window() < 0) {
        sum += row.worth();
      } else {
        best[row.window()] = Math.max(best[row.window()], row.worth());
      }
    }
    return sum + Arrays.stream(best).sum();
  }

  /** The score with the one threshold that is best for all files, as the leaderboard has it. */
  Best best() {
    List<Row> sorted =
        rows.stream().sorted(Comparator.comparingDouble(Row::score).reversed()).toList();
    double[] best = missed();
    double sum = Arrays.stream(best).sum();
    Best found = new Best(normal(sum), Double.POSITIVE_INFINITY);
    for (int i = 0; i < sorted.size(); i++) {
      Row row = sorted.get(i);
      if (row.window() < 0) {
        sum += row.worth();
      } else if (row.worth() > best[row.window()]) {
        sum += row.worth() - best[row.window()];
        best[row.window()] = row.worth();
      }
      boolean last = i + 1 == sorted.size() || sorted.get(i + 1).score() < row.score();
      if (last && normal(sum) > found.score()) {
        found = new Best(normal(sum), row.score());
      }
    }
    return found;
  }

  int windows() {
    return windows;
  }

  int windowsHit() {
    return (int)
        rows.stream()
            .filter(row -> row.flagged() && row.window() >= 0)
            .mapToInt(Row::window)
            .distinct()
            .count();
  }

  long falsePositives() {
    return rows.stream().filter(row -> row.flagged() && row.window() < 0).count();
  }

  private double[] missed() {
    double[] missed = new double[windows];
    Arrays.fill(missed, -falseNegative);
    return missed;
  }

  private double normal(double sum) {
    double nothing = -falseNegative * windows;
    return windows == 0 ? 0 : 100 * (sum - nothing) / (windows - nothing);
  }
}
