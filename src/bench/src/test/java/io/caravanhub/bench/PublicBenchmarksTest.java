package io.caravanhub.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.caravanhub.core.detect.DetectorKind;
import io.caravanhub.core.detect.DetectorSetup;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The detectors on real series, where those are at hand; {@code ./hub bench} takes all of them. */
class PublicBenchmarksTest {
  private static final Path DATA =
      Path.of(System.getProperty("hub.root", "../.."), "../shared/data").normalize();

  @BeforeEach
  void needsTheFiles() {
    assumeTrue(DetectorFigures.isPossible(DATA), () -> "skipped: no NAB and SKAB in " + DATA);
  }

  @Test
  void aPumpsFaultsAreFoundInItsEightSensors() throws IOException {
    SkabCorpus.Counts counts = new SkabCorpus(DATA.resolve("skab")).score(DetectorKind.AUTO);

    assertThat(counts.f1()).isGreaterThan(0.78);
    assertThat(counts.falseAlarmRate()).isLessThan(35);
  }

  @Test
  void singleSeriesAreJudgedBetterThanByTheForestsOfTheLeaderboard() throws IOException {
    NabScore score =
        new NabCorpus(DATA.resolve("nab"))
            .score(
                () -> DetectorKind.AUTO.create(DetectorSetup.of("value")),
                file -> !file.startsWith("realTweets/") && !file.contains("asg_misconfiguration"),
                file -> {});

    assertThat(score.ofVerdicts()).isGreaterThan(50);
  }
}
