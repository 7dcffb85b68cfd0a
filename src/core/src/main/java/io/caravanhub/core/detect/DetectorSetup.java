package io.caravanhub.core.detect;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a detector is made for.
 *
 * @param metrics names, for the reasons
 * @param trainRows readings known to be good that come first: nothing is judged while they last,
 *     and charts keep the limits they gave. 0: a detector warms up by itself and goes on learning
 * @param machine for {@link DetectorKind#VIBRATION}, null when nobody knows
 */
public record DetectorSetup(List<String> metrics, int trainRows, @Nullable Machine machine) {
  public DetectorSetup {
    metrics = List.copyOf(metrics);
    if (metrics.isEmpty()) {
      throw new IllegalArgumentException("metrics: expected at least one");
    }
    if (trainRows < 0) {
      throw new IllegalArgumentException("trainRows: expected 0 or more, got " + trainRows);
    }
  }

  /** A setup without training and without a machine. */
  public static DetectorSetup of(String... metrics) {
    return new DetectorSetup(List.of(metrics), 0, null);
  }

  /** The same with this many readings to learn from. */
  public DetectorSetup trained(int rows) {
    return new DetectorSetup(metrics, rows, machine);
  }

  /** The same for this machine. */
  public DetectorSetup on(Machine of) {
    return new DetectorSetup(metrics, trainRows, of);
  }
}
