package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.detect.CsvColumns;
import io.caravanhub.core.detect.CsvSeries;
import io.caravanhub.core.detect.Detection;
import io.caravanhub.core.detect.Detector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/** The files of the Numenta Anomaly Benchmark that are at hand, and a detector's score on them. */
final class NabCorpus {
  private static final CsvColumns COLUMNS = new CsvColumns("timestamp", List.of("value"));

  private final Path folder;
  private final Map<String, JsonNode> windows = new TreeMap<>();

  /** Takes the files that are labelled and there. */
  NabCorpus(Path folder) throws IOException {
    this.folder = folder;
    JsonNode labels =
        new ObjectMapper().readTree(folder.resolve("labels/combined_windows.json").toFile());
    labels
        .properties()
        .forEach(
            label -> {
              if (Files.exists(file(label.getKey()))) {
                windows.put(label.getKey(), label.getValue());
              }
            });
  }

  private Path file(String name) {
    return folder.resolve("data").resolve(name);
  }

  int files() {
    return windows.size();
  }

  /** Runs a new detector over each file that is wanted. */
  NabScore score(Supplier<Detector> detectors, Predicate<String> wanted, Consumer<String> progress)
      throws IOException {
    NabScore score = NabScore.standard();
    for (Map.Entry<String, JsonNode> labelled : windows.entrySet()) {
      if (!wanted.test(labelled.getKey())) {
        continue;
      }
      progress.accept(labelled.getKey());
      Detector detector = detectors.get();
      List<CsvSeries.Row> rows;
      try (CsvSeries file =
          new CsvSeries(Files.newBufferedReader(file(labelled.getKey())), COLUMNS)) {
        rows = file.rows();
      }
      double[] scores = new double[rows.size()];
      boolean[] flags = new boolean[rows.size()];
      for (int i = 0; i < scores.length; i++) {
        Detection said = detector.detect(rows.get(i).epochMillis(), rows.get(i).values());
        scores[i] = said.score();
        flags[i] = said.anomaly();
      }
      score.add(scores, flags, windows(rows, labelled.getValue()));
    }
    return score;
  }

  private static List<NabScore.Window> windows(List<CsvSeries.Row> rows, JsonNode labels) {
    List<NabScore.Window> windows = new ArrayList<>();
    for (JsonNode label : labels) {
      windows.add(new NabScore.Window(row(rows, label.get(0)), row(rows, label.get(1))));
    }
    return windows;
  }

  private static int row(List<CsvSeries.Row> rows, JsonNode time) {
    long millis =
        LocalDateTime.parse(time.asText().replace(' ', 'T'))
            .toInstant(ZoneOffset.UTC)
            .toEpochMilli();
    for (int i = 0; i < rows.size(); i++) {
      if (rows.get(i).epochMillis() == millis) {
        return i;
      }
    }
    throw new IllegalArgumentException("no row at " + time.asText());
  }
}
