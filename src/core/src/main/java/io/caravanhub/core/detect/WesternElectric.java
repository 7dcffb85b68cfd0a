package io.caravanhub.core.detect;

import java.util.Optional;

/**
 * The four zone rules of a control chart, over points given in standard deviations from the centre
 * line: one beyond 3, two of three beyond 2 on one side, four of five beyond 1 on one side, eight
 * in a row on one side. Source: Western Electric, Statistical Quality Control Handbook, 1956, pages
 * 23 to 28.
 */
final class WesternElectric {
  private static final int MEMORY = 8;

  /** What rounding alone makes of a series that never moves. */
  private static final double NOTHING = 1e-6;

  private final double[] points = new double[MEMORY];
  private int count;

  /** The first rule this point breaks, as the end of a sentence. */
  Optional<String> broken(double point) {
    points[count++ % MEMORY] = point;
    if (Math.abs(point) >= 3) {
      return Optional.of("beyond three standard deviations (rule 1)");
    }
    double side = Math.signum(point);
    if (Math.abs(point) >= 2 && beyond(3, 2, side) >= 2) {
      return Optional.of("two of three points beyond two standard deviations (rule 2)");
    }
    if (Math.abs(point) >= 1 && beyond(5, 1, side) >= 4) {
      return Optional.of("four of five points beyond one standard deviation (rule 3)");
    }
    if (side != 0 && beyond(8, 0, side) >= 8) {
      return Optional.of("eight points in a row on one side of the centre line (rule 4)");
    }
    return Optional.empty();
  }

  private int beyond(int last, double deviations, double side) {
    int found = 0;
    for (int i = 1; i <= Math.min(last, count); i++) {
      double point = points[Math.floorMod(count - i, MEMORY)] * side;
      if (deviations == 0 ? point > NOTHING : point >= deviations) {
        found++;
      }
    }
    return found;
  }
}
