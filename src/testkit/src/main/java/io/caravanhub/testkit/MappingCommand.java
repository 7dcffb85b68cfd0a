package io.caravanhub.testkit;

import io.caravanhub.testkit.golden.GoldenCase;
import io.caravanhub.testkit.golden.GoldenFiles;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hub mapping test}: device mappings against the golden files beside them. */
@Command(
    name = "mapping",
    mixinStandardHelpOptions = true,
    description = "Check device mappings.",
    synopsisSubcommandLabel = "test")
public final class MappingCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--mappings",
      paramLabel = "FOLDER",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Folder of the mappings (default: HUB_MAPPINGS, else ./mappings).")
  private @Nullable Path given;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "the subcommand test is needed");
  }

  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = "Apply mappings to their golden payloads and compare what comes of it.",
      footer = {
        "",
        "Beside x.jsonata lie x.in.json and x.expected.json, or x.<case>.in.json and so on.",
        "Payloads in protobuf or CSV are x.in.bin or x.in.csv, with x.payload.yaml.",
        "Beside a register map x.modbus.yaml x.in.json is a dump of registers.",
        "Examples:",
        "  ./hub mapping test                            every mapping",
        "  ./hub mapping test mappings/halden            those of a folder",
        "  ./hub mapping test halden/aerotop.jsonata     one, by its path or below the mappings",
        "Exit codes: 0 all as expected, 1 something differs, 2 nothing there to test"
      })
  int test(
      @Parameters(
              paramLabel = "PATH",
              arity = "0..1",
              description = "A mapping or a folder; all when absent.")
          @Nullable Path path) {
    List<Path> found = GoldenFiles.mappings(resolve(path));
    if (found.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "no mappings (*.jsonata) in " + resolve(path));
    }
    PrintWriter out = spec.commandLine().getOut();
    boolean passed = true;
    for (Path mapping : found) {
      List<GoldenCase> cases = GoldenFiles.beside(mapping);
      out.println(mapping);
      if (cases.isEmpty()) {
        out.println(
            "  WRONG no golden file: put a payload into "
                + mapping.toString().replaceFirst("\\.(jsonata|modbus\\.yaml)$", ".in.json"));
        passed = false;
      }
      for (GoldenCase golden : cases) {
        List<String> problems = golden.problems();
        out.printf("  %-5s %s%n", problems.isEmpty() ? "ok" : "WRONG", golden.name());
        problems.forEach(problem -> out.println("        " + problem));
        passed &= problems.isEmpty();
      }
    }
    return passed ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private Path resolve(@Nullable Path path) {
    if (path == null) {
      return existing(mappings());
    }
    return Files.exists(path) ? path : existing(mappings().resolve(path));
  }

  private Path mappings() {
    return ProjectFolder.find(given, "HUB_MAPPINGS", "mappings");
  }

  private Path existing(Path path) {
    if (!Files.exists(path)) {
      throw new ParameterException(spec.commandLine(), "no mapping and no folder " + path);
    }
    return path;
  }
}
