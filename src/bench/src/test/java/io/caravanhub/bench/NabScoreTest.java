package io.caravanhub.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The score of the Numenta Anomaly Benchmark, on what its paper says of it. */
class NabScoreTest {
  private static final int ROWS = 1_000;
  private static final NabScore.Window WINDOW = new NabScore.Window(500, 599);

  @Test
  void noDetectionAtAllIsZero() {
    assertThat(score().ofVerdicts()).isZero();
    assertThat(score().best().score()).isZero();
  }

  @Test
  void theFirstRowOfTheWindowAndNothingElseIsAHundred() {
    assertThat(score(500).ofVerdicts()).isCloseTo(100, within(1e-9));
  }

  @Test
  void aLaterDetectionIsWorthLessAndOnlyTheEarliestCounts() {
    double middle = score(550).ofVerdicts();
    double end = score(599).ofVerdicts();

    assertThat(middle).isBetween(90.0, 99.0);
    assertThat(end).isBetween(50.0, 55.0);
    assertThat(score(550, 560, 599).ofVerdicts()).isEqualTo(middle);
  }

  @Test
  void aDetectionBeforeTheWindowCostsElevenHundredths() {
    assertThat(score(200, 500).ofVerdicts()).isCloseTo(100 - 11.0 / 2, within(1e-9));
  }

  @Test
  void aDetectionSoonAfterTheWindowCostsLessThanOneLongAfter() {
    double soon = 100 - score(500, 605).ofVerdicts();
    double late = 100 - score(500, 950).ofVerdicts();

    assertThat(soon).isBetween(0.1, 2.0);
    assertThat(late).isCloseTo(11.0 / 2, within(1e-9));
  }

  @Test
  void theFirstFifteenInAHundredRowsCountForNothing() {
    assertThat(score(0, 149, 500).ofVerdicts()).isCloseTo(100, within(1e-9));
    assertThat(score(150, 500).ofVerdicts()).isLessThan(95);
  }

  @Test
  void theBestThresholdIsFoundOverAllFiles() {
    NabScore score = NabScore.standard();
    for (double height : new double[] {0.9, 0.7}) {
      double[] scores = new double[ROWS];
      scores[300] = 0.6;
      scores[500] = height;
      score.add(scores, new boolean[ROWS], List.of(WINDOW));
    }
    assertThat(score.best().score()).isCloseTo(100, within(1e-9));
    assertThat(score.best().threshold()).isEqualTo(0.7);
    assertThat(score.at(0.8)).isCloseTo(50, within(1e-9));
  }

  private static NabScore score(int... detections) {
    boolean[] flags = new boolean[ROWS];
    for (int row : detections) {
      flags[row] = true;
    }
    NabScore score = NabScore.standard();
    score.add(new double[ROWS], flags, List.of(WINDOW));
    return score;
  }
}
