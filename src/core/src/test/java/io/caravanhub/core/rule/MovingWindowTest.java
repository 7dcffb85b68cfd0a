package io.caravanhub.core.rule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Percentage.withPercentage;

import org.junit.jupiter.api.Test;

class MovingWindowTest {

  @Test
  void aMovingWindowKeepsItsStatisticsAsReadingsComeAndGo() {
    java.util.Random random = new java.util.Random(7);
    MovingWindow window = new MovingWindow(1000, true);
    java.util.List<double[]> all = new java.util.ArrayList<>();
    for (int n = 0; n < 20_000; n++) {
      double value = 1e6 + random.nextGaussian();
      all.add(new double[] {n * 7L, value});
      window.add(n * 7L, value);
    }
    double last = all.get(all.size() - 1)[0];
    double[] in =
        all.stream().filter(r -> r[0] > last - 1000).mapToDouble(r -> r[1]).sorted().toArray();
    double mean = java.util.Arrays.stream(in).average().orElseThrow();
    double spread =
        Math.sqrt(
            java.util.Arrays.stream(in).map(v -> (v - mean) * (v - mean)).sum() / (in.length - 1));
    assertThat(of(window, "mean")).isCloseTo(mean, org.assertj.core.data.Offset.offset(1e-6));
    assertThat(of(window, "stddev")).isCloseTo(spread, org.assertj.core.data.Offset.offset(1e-6));
    assertThat(of(window, "min")).isEqualTo(in[0]);
    assertThat(of(window, "max")).isEqualTo(in[in.length - 1]);
  }

  @Test
  void aWindowThatIsThinnedDropsNoReading() {
    MovingWindow window = new MovingWindow(4096 * 10, true);
    for (int n = 0; n <= 60_000; n++) {
      window.add(n, n == 30_001 ? 100 : 1);
    }
    assertThat(of(window, "sum")).isCloseTo(40_960 + 99, withPercentage(0.1));
    assertThat(of(window, "max")).isEqualTo(100);
    assertThat(of(window, "range")).isEqualTo(99);
    assertThat(of(window, "stddev")).isCloseTo(99 / Math.sqrt(40_960), withPercentage(0.1));
    assertThat(of(window, "median")).isEqualTo(1);
  }

  @Test
  void aLateReadingGoesWhereItBelongsAndARepeatedOneIsNotCountedAgain() {
    MovingWindow window = new MovingWindow(1000, true);
    for (int n = 0; n <= 100; n++) {
      window.add(n * 100L, 1);
    }
    window.add(9_550, 7);
    window.add(9_550, 7);
    window.add(9_300, 1);
    window.add(8_000, 1);
    assertThat(of(window, "sum")).isEqualTo(17);
    assertThat(of(window, "max")).isEqualTo(7);
    for (int n = 101; n <= 106; n++) {
      window.add(n * 100L, 1);
    }
    assertThat(of(window, "sum")).isEqualTo(10);
    assertThat(of(window, "max")).isEqualTo(1);
  }

  private static double of(MovingWindow window, String statistic) {
    return window.of(Statistic.named(statistic).orElseThrow());
  }
}
