package io.caravanhub.hub.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SparklineTest {
  private static double[] gapsThen(int gaps, double... values) {
    double[] all = new double[gaps + values.length];
    Arrays.fill(all, Double.NaN);
    System.arraycopy(values, 0, all, gaps, values.length);
    return all;
  }

  @Test
  void aShortPastIsDrawnOverTheWholeWidth() {
    Sparkline spark = Sparkline.ofValues(gapsThen(50, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
    assertThat(spark.line()).startsWith("M0.0 26.0").endsWith("L100.0 2.0");
  }

  @Test
  void aConstantValueRunsInTheMiddle() {
    Sparkline spark = Sparkline.ofValues(new double[] {5, 5, 5});
    assertThat(spark.line()).isEqualTo("M0.0 14.0L50.0 14.0L100.0 14.0");
  }

  @Test
  void fewerThanTwoValuesDrawNothing() {
    assertThat(Sparkline.ofValues(gapsThen(9, 5))).isEqualTo(Sparkline.NONE);
    assertThat(Sparkline.ofValues(gapsThen(60))).isEqualTo(Sparkline.NONE);
  }

  @Test
  void aRateStandsOnZero() {
    assertThat(Sparkline.ofRate(new double[] {10, 5}).line()).isEqualTo("M0.0 2.0L100.0 14.0");
  }
}
