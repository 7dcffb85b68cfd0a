package io.caravanhub.hub.asset;

import java.util.List;

/**
 * What a metric says about health by itself.
 *
 * @param curve value and score in turns, values rising; between two of them it is a straight line
 */
record MetricScore(String metric, String reason, double weight, List<Point> curve) {
  record Point(double value, double score) {}

  /** The score of a value, 0 to 100. */
  double of(double value) {
    Point before = curve.get(0);
    if (value <= before.value()) {
      return before.score();
    }
    for (Point point : curve) {
      if (value <= point.value()) {
        double share = (value - before.value()) / (point.value() - before.value());
        return before.score() + share * (point.score() - before.score());
      }
      before = point;
    }
    return before.score();
  }
}
