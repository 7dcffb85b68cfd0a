package io.caravanhub.bench;

import io.caravanhub.core.detect.DetectorKind;
import io.caravanhub.core.detect.DetectorSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The detectors on public benchmarks, each with the one set of parameters it ships with. */
final class DetectorFigures {
  private final Path data;
  private final Figures figures;

  DetectorFigures(Path data, Figures figures) {
    this.data = data;
    this.figures = figures;
  }

  static boolean isPossible(Path data) {
    return Files.isDirectory(data.resolve("nab/labels"))
        && Files.isDirectory(data.resolve("skab/data"));
  }

  void run() throws IOException {
    NabCorpus nab = new NabCorpus(data.resolve("nab"));
    for (DetectorKind kind : DetectorKind.values()) {
      if (kind != DetectorKind.CORRELATION
          && kind != DetectorKind.HOTELLING
          && kind != DetectorKind.VIBRATION) {
        nab(nab, kind);
      }
    }
    SkabCorpus skab = new SkabCorpus(data.resolve("skab"));
    for (DetectorKind kind :
        new DetectorKind[] {
          DetectorKind.AUTO, DetectorKind.HOTELLING, DetectorKind.FOREST, DetectorKind.CORRELATION
        }) {
      skab(skab, kind);
    }
  }

  private void nab(NabCorpus corpus, DetectorKind kind) throws IOException {
    NabScore score =
        corpus.score(() -> kind.create(DetectorSetup.of("value")), file -> true, file -> {});
    NabScore.Best best = score.best();
    figures.line(
        "NAB standard score of " + kind.id() + ", " + corpus.files() + " files",
        String.format(Locale.ROOT, "%.1f", score.ofVerdicts()),
        String.format(
            Locale.ROOT,
            "%d of %d windows, %d false; %.1f with the best threshold, %.3f",
            score.windowsHit(),
            score.windows(),
            score.falsePositives(),
            best.score(),
            best.threshold()));
  }

  private void skab(SkabCorpus corpus, DetectorKind kind) throws IOException {
    SkabCorpus.Counts counts = corpus.score(kind);
    figures.line(
        "SKAB F1 of " + kind.id() + ", " + corpus.files() + " files",
        String.format(Locale.ROOT, "%.3f", counts.f1()),
        String.format(
            Locale.ROOT,
            "false alarms %.1f %%, missed %.1f %%; an alarm in every row has F1 %.3f",
            counts.falseAlarmRate(),
            counts.missedRate(),
            counts.alwaysF1()));
  }
}
