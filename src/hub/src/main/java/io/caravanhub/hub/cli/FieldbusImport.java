package io.caravanhub.hub.cli;

import io.caravanhub.core.fieldbus.DeviceMapImport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ./hub fieldbus import}: a list of tags becomes points of a device map. */
@Command(
    name = "import",
    description = "Bring a list of tags, CSV or JSON, into a device map.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true,
    footer = {
      "",
      "./hub fieldbus import tags.csv --into mappings/acme/meter.modbus.yaml --dry-run",
      "./hub fieldbus import tags.json --into mappings/acme/meter.modbus.yaml --conflict merge",
      "",
      "Exit codes: 0 all done, 1 some tags are wrong or a conflict forbids it, 2 an option is wrong"
    })
final class FieldbusImport implements Callable<Integer> {
  @Parameters(paramLabel = "FILE", description = "the tags, .csv or .json")
  private Path file = Path.of("");

  @Option(names = "--into", paramLabel = "MAP", required = true, description = "the device map")
  private Path into = Path.of("");

  @Option(
      names = "--conflict",
      paramLabel = "CHOICE",
      defaultValue = "fail",
      description = "a tag that the map has: skip, overwrite, rename, fail or merge")
  private String conflict = "fail";

  @Option(names = "--protocol", defaultValue = "modbus-tcp", description = "of a map that is new")
  private String protocol = "modbus-tcp";

  @Option(names = "--dry-run", description = "only tell what would be done")
  private boolean dryRun;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    CommandLine line = Objects.requireNonNull(spec).commandLine();
    PrintWriter out = line.getOut();
    DeviceMapImport.Report report;
    try {
      report =
          DeviceMapImport.run(
              Files.readString(file),
              file.toString().endsWith(".json"),
              Files.exists(into) ? Files.readString(into) : null,
              protocol,
              choice());
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(line, String.valueOf(e.getMessage()), e);
    }
    out.print(report.text());
    if (report.refusal() != null) {
      out.println("nothing is written: " + report.refusal());
    } else if (report.map() == null) {
      out.println("nothing to write: the map stays as it is");
    } else if (dryRun) {
      out.println("a dry run: " + into + " stays as it is");
    } else {
      write(into, report.map());
      out.println("written: " + into);
    }
    out.flush();
    boolean whole = report.refusal() == null && report.count(DeviceMapImport.Outcome.WRONG) == 0;
    return whole ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private DeviceMapImport.Conflict choice() {
    for (DeviceMapImport.Conflict choice : DeviceMapImport.Conflict.values()) {
      if (choice.name().toLowerCase(Locale.ROOT).equals(conflict)) {
        return choice;
      }
    }
    throw new IllegalArgumentException(
        "--conflict: expected skip, overwrite, rename, fail or merge, got " + conflict);
  }

  /** Puts a map in its place as a whole. */
  static void write(Path into, String map) throws IOException {
    Path folder = into.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    Path fresh = into.resolveSibling(into.getFileName() + ".new");
    Files.writeString(fresh, map);
    Files.move(fresh, into, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }
}
