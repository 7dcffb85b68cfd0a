package io.caravanhub.hub.cli;

import io.caravanhub.core.detect.CsvColumns;
import io.caravanhub.core.detect.CsvException;
import io.caravanhub.core.detect.CsvSeries;
import io.caravanhub.core.detect.Detection;
import io.caravanhub.core.detect.DetectionCsv;
import io.caravanhub.core.detect.Detector;
import io.caravanhub.core.detect.DetectorKind;
import io.caravanhub.core.detect.DetectorSetup;
import io.caravanhub.core.detect.Machine;
import io.caravanhub.core.detect.MachineGroup;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code ./hub detect}: a CSV file through a detector, in one pass. */
@Command(
    name = "detect",
    description = {
      "Run a CSV file through a statistical detector: one pass, each row judged by the rows before"
          + " it.",
      "Writes time,score,anomaly,expected_low,expected_high,reason; a score of 0.5 is the limit."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "./hub detect --csv pump.csv --time ts --values pressure --out judged.csv",
      "./hub detect --csv rig.csv --time datetime --values flow,pressure,current --train-rows 400"
          + " --out judged.csv",
      "./hub detect --csv motor.csv --time ts --values vibration --detector vibration"
          + " --machine-group 2 --support rigid --out zones.csv",
      "",
      "The first line holds the names; comma, semicolon or tab between cells; an empty cell is a"
          + " missing",
      "value. Times are ISO 8601 (UTC unless they say otherwise) or seconds or milliseconds since"
          + " 1970.",
      "docs/DETECTORS.md says what each detector does and when to take which.",
      "",
      "Exit codes: 0 done, with or without anomalies; 1 the file cannot be read; 2 an option is"
          + " wrong."
    })
final class DetectCommand implements Callable<Integer> {
  private static final int PROGRESS_ROWS = 20_000;

  @Option(names = "--csv", required = true, paramLabel = "FILE", description = "the readings")
  private Path csv = Path.of("");

  @Option(names = "--time", required = true, paramLabel = "COL", description = "column of times")
  private String time = "";

  @Option(
      names = "--values",
      required = true,
      split = ",",
      paramLabel = "COL",
      description = "column or columns of numbers; several are judged together")
  private List<String> values = new ArrayList<>();

  @Option(
      names = "--detector",
      paramLabel = "NAME",
      defaultValue = "auto",
      description =
          "auto, z-score, ewma, seasonal, x-bar, individuals, cusum, stuck, forest, correlation,"
              + " hotelling or vibration (default: ${DEFAULT-VALUE})")
  private String detector = "auto";

  @Option(
      names = "--train-rows",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "the first N rows are good: they are learned and not judged (default: the detector warms"
              + " up by itself)")
  private int trainRows;

  @Option(
      names = "--machine-group",
      paramLabel = "1-4",
      description = "for vibration: group of ISO 10816-3")
  private @Nullable Integer machineGroup;

  @Option(
      names = "--support",
      paramLabel = "rigid|flexible",
      description = "for vibration: how the machine stands")
  private @Nullable String support;

  @Option(names = "--speed", paramLabel = "RPM", description = "for vibration: running speed")
  private @Nullable Double speed;

  @Option(names = "--out", required = true, paramLabel = "FILE", description = "the judgements")
  private Path out = Path.of("");

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  private final PrintStream screen = System.err;

  @Override
  public Integer call() throws IOException {
    Detector chosen = chosen();
    if (!Files.isRegularFile(csv) || !Files.isReadable(csv)) {
      throw wrong("--csv: cannot read " + csv);
    }
    Path folder = out.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder) || Files.isDirectory(out)) {
      throw wrong("--out: cannot write " + out + ": is its folder there?");
    }
    if (Files.exists(out) && Files.isSameFile(csv, out)) {
      throw wrong("--out: is the file of --csv; name another");
    }
    // Written beside and moved: a run that fails leaves no half of a file, nor takes away the last.
    Path part = folder.resolve(out.getFileName() + ".part");
    try {
      Run run = run(chosen, part);
      Files.move(part, out, StandardCopyOption.REPLACE_EXISTING);
      System.out.printf(
          Locale.ROOT, "%,d rows, %,d anomalies, in %s%n", run.rows(), run.anomalies(), out);
      return CommandLine.ExitCode.OK;
    } catch (CsvException e) {
      System.err.println("hub: " + csv + ": " + e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    } catch (CharacterCodingException e) {
      System.err.println("hub: " + csv + ": not UTF-8 text");
      return CommandLine.ExitCode.SOFTWARE;
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private record Run(long rows, long anomalies) {}

  private Run run(Detector chosen, Path to) throws IOException {
    long rows = 0;
    long anomalies = 0;
    boolean watched = System.console() != null;
    try (BufferedReader file = Files.newBufferedReader(csv);
        CsvSeries series = new CsvSeries(file, new CsvColumns(time, values));
        BufferedWriter writer = Files.newBufferedWriter(to)) {
      DetectionCsv lines = new DetectionCsv(writer);
      while (series.hasNext()) {
        CsvSeries.Row row = series.next();
        Detection said = chosen.detect(row.epochMillis(), row.values());
        lines.write(row.time(), said);
        anomalies += said.anomaly() ? 1 : 0;
        if (++rows % PROGRESS_ROWS == 0 && watched) {
          screen.printf(Locale.ROOT, "\r%,d rows, %,d anomalies", rows, anomalies);
        }
      }
    } finally {
      if (watched && rows >= PROGRESS_ROWS) {
        screen.print("\r\u001b[K");
      }
    }
    return new Run(rows, anomalies);
  }

  private Detector chosen() {
    DetectorKind kind =
        DetectorKind.named(detector)
            .orElseThrow(
                () ->
                    wrong(
                        "--detector: expected one of "
                            + DetectorKind.names()
                            + ", got \""
                            + detector
                            + "\""));
    if (trainRows < 0) {
      throw wrong("--train-rows: expected 0 or more, got " + trainRows);
    }
    if (kind != DetectorKind.VIBRATION
        && (machineGroup != null || support != null || speed != null)) {
      throw wrong("--machine-group, --support and --speed go with --detector vibration");
    }
    try {
      return kind.create(
          new DetectorSetup(values, trainRows, new Machine(group(), stands(), speed)));
    } catch (IllegalArgumentException e) {
      throw wrong("--values: " + e.getMessage());
    }
  }

  private @Nullable MachineGroup group() {
    if (machineGroup == null) {
      return null;
    }
    if (machineGroup < 1 || machineGroup > MachineGroup.values().length) {
      throw wrong("--machine-group: expected 1 to 4, got " + machineGroup);
    }
    return MachineGroup.values()[machineGroup - 1];
  }

  private Machine.@Nullable Support stands() {
    if (support == null) {
      return null;
    }
    return switch (support.toLowerCase(Locale.ROOT)) {
      case "rigid" -> Machine.Support.RIGID;
      case "flexible" -> Machine.Support.FLEXIBLE;
      default ->
          throw wrong("--support: expected \"rigid\" or \"flexible\", got \"" + support + "\"");
    };
  }

  private ParameterException wrong(String message) {
    return new ParameterException(
        spec == null ? new CommandLine(this) : spec.commandLine(), message);
  }
}
