package io.caravanhub.bench;

import io.caravanhub.core.detect.CsvColumns;
import io.caravanhub.core.detect.CsvSeries;
import io.caravanhub.core.detect.Detector;
import io.caravanhub.core.detect.DetectorKind;
import io.caravanhub.core.detect.DetectorSetup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The labelled files of the Skoltech Anomaly Benchmark that are at hand, and a detector's score by
 * its protocol: the first 400 rows of a file train, the others are judged, all files are counted
 * together.
 */
final class SkabCorpus {
  static final int TRAIN_ROWS = 400;
  private static final List<String> METRICS =
      List.of(
          "Accelerometer1RMS",
          "Accelerometer2RMS",
          "Current",
          "Pressure",
          "Temperature",
          "Thermocouple",
          "Voltage",
          "Volume Flow RateRMS");

  /** Rows judged right and wrong. */
  record Counts(long hit, long falseAlarm, long missed, long quiet) {
    double f1() {
      return 2.0 * hit / (2 * hit + falseAlarm + missed);
    }

    double falseAlarmRate() {
      return 100.0 * falseAlarm / (falseAlarm + quiet);
    }

    double missedRate() {
      return 100.0 * missed / (hit + missed);
    }

    /** What raising the alarm in every row would make of it. */
    double alwaysF1() {
      long anomalous = hit + missed;
      return 2.0 * anomalous / (2 * anomalous + falseAlarm + quiet);
    }
  }

  private final List<Path> files = new ArrayList<>();

  SkabCorpus(Path folder) throws IOException {
    for (String group : List.of("valve1", "valve2", "other")) {
      try (Stream<Path> found = Files.list(folder.resolve("data").resolve(group))) {
        found.filter(file -> file.toString().endsWith(".csv")).sorted().forEach(files::add);
      }
    }
  }

  int files() {
    return files.size();
  }

  Counts score(DetectorKind kind) throws IOException {
    List<String> wanted = new ArrayList<>(METRICS);
    wanted.add("anomaly");
    long[] counts = new long[4];
    for (Path file : files) {
      Detector detector = kind.create(new DetectorSetup(METRICS, TRAIN_ROWS, null));
      try (CsvSeries series =
          new CsvSeries(Files.newBufferedReader(file), new CsvColumns("datetime", wanted))) {
        for (int row = 0; series.hasNext(); row++) {
          CsvSeries.Row read = series.next();
          double[] values = java.util.Arrays.copyOf(read.values(), METRICS.size());
          boolean said = detector.detect(read.epochMillis(), values).anomaly();
          boolean so = read.values()[METRICS.size()] > 0.5;
          if (row >= TRAIN_ROWS) {
            counts[said ? so ? 0 : 1 : so ? 2 : 3]++;
          }
        }
      }
    }
    return new Counts(counts[0], counts[1], counts[2], counts[3]);
  }
}
