package io.caravanhub.testkit;

import io.caravanhub.core.mapping.FolderMappingCatalog;
import io.caravanhub.core.mapping.MappingSource;
import io.caravanhub.testkit.golden.GoldenCase;
import io.caravanhub.testkit.golden.GoldenFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code hub mapping}: device mappings against the golden files beside them, and drafts. */
@Command(
    name = "mapping",
    mixinStandardHelpOptions = true,
    description = "Check and draft device mappings, and move them between files and a running hub.",
    subcommands = SuggestCommand.class,
    synopsisSubcommandLabel = "COMMAND")
public final class MappingCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--mappings",
      paramLabel = "FOLDER",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Folder of the mappings (default: HUB_MAPPINGS, else ./mappings).")
  private @Nullable Path given;

  private final @Nullable PayloadTrial trial;

  /** The command without trials of single payloads. */
  public MappingCommand() {
    this.trial = null;
  }

  /** The command with trials. */
  public MappingCommand(PayloadTrial trial) {
    this.trial = trial;
  }

  /** One payload and the mapping to try on it. */
  static final class Single {
    @Option(
        names = "--jsonata",
        paramLabel = "FILE",
        description = "A JSONata expression to try on --payload.")
    private @Nullable Path jsonata;

    @Option(
        names = "--fields",
        paramLabel = "FILE",
        description = "A field table to try on --payload, alone or before --jsonata.")
    private @Nullable Path fields;

    @Option(
        names = "--mapping",
        paramLabel = "NAME",
        description = "A mapping by its name, halden/aerotop, to try on --payload.")
    private @Nullable String mapping;

    @Option(
        names = "--payload",
        paramLabel = "FILE",
        description = "What a device sends; - is the standard input.")
    private @Nullable Path payload;

    @Option(names = "--json", description = "The result as JSON, as the API gives it.")
    private boolean json;
  }

  /** The folder that {@code --mappings} names, or null. */
  public @Nullable Path folder() {
    return given;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "a subcommand is needed; ./hub mapping --help lists them");
  }

  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = {
        "Apply mappings to their golden payloads and compare what comes of it;",
        "or (with --payload) one mapping to one payload, as the hub would."
      },
      footer = {
        "",
        "Beside x.jsonata or x.fields.yaml lie x.in.json and x.expected.json, or x.<case>.in.json and so on.",
        "Payloads in protobuf or CSV are x.in.bin or x.in.csv, with x.payload.yaml.",
        "Beside a register map x.modbus.yaml x.in.json is a dump of registers.",
        "Examples:",
        "  ./hub mapping test                            every mapping",
        "  ./hub mapping test mappings/halden            those of a folder",
        "  ./hub mapping test halden/aerotop.jsonata     one, by its path or below the mappings",
        "  ./hub mapping test --mapping halden/aerotop --payload sample.json",
        "  ./hub mapping test --jsonata draft.jsonata --payload sample.json --json",
        "Exit codes: 0 all as expected, 1 something differs, 2 nothing there to test"
      })
  int test(
      @Parameters(
              paramLabel = "PATH",
              arity = "0..1",
              description = "A mapping or a folder; all when absent.")
          @Nullable Path path,
      @Mixin Single single)
      throws IOException {
    if (single.payload != null
        || single.jsonata != null
        || single.fields != null
        || single.mapping != null) {
      return single(single);
    }
    List<Path> found = GoldenFiles.mappings(resolve(path));
    if (found.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "no mappings (*.jsonata, *.fields.yaml) in " + resolve(path));
    }
    PrintWriter out = spec.commandLine().getOut();
    boolean passed = true;
    for (Path mapping : found) {
      List<GoldenCase> cases = GoldenFiles.beside(mapping);
      out.println(mapping);
      if (cases.isEmpty()) {
        out.println(
            "  WRONG no golden file: put a payload into "
                + mapping
                    .toString()
                    .replaceFirst("\\.(jsonata|fields\\.yaml|modbus\\.yaml)$", ".in.json"));
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

  private int single(Single given) throws IOException {
    PayloadTrial trial = this.trial;
    if (given.payload == null) {
      throw new ParameterException(spec.commandLine(), "--payload FILE is needed, too");
    }
    boolean drafted = given.jsonata != null || given.fields != null;
    if (drafted == (given.mapping != null) || trial == null) {
      throw new ParameterException(
          spec.commandLine(), "expected --jsonata FILE, --fields FILE or --mapping NAME");
    }
    byte[] payload =
        given.payload.toString().equals("-")
            ? System.in.readAllBytes()
            : Files.readAllBytes(existing(given.payload));
    FolderMappingCatalog catalog = new FolderMappingCatalog(List.of(mappings(), connectors()));
    try {
      PayloadTrial.Outcome outcome =
          given.mapping == null
              ? trial.run(draft(given), payload, null)
              : trial.run(
                  named(catalog, given.mapping),
                  payload,
                  catalog.format(given.mapping).orElse(null));
      PrintWriter out = spec.commandLine().getOut();
      if (given.json) {
        out.println(outcome.json());
      } else {
        outcome.lines().forEach(out::println);
      }
      return outcome.usable() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private MappingSource draft(Single given) throws IOException {
    String name = String.valueOf(given.jsonata == null ? given.fields : given.jsonata);
    return new MappingSource(
        name,
        "draft",
        given.jsonata == null ? "" : Files.readString(existing(given.jsonata)),
        given.fields == null ? null : Files.readString(existing(given.fields)));
  }

  private MappingSource named(FolderMappingCatalog catalog, String name) {
    return catalog
        .find(name)
        .orElseThrow(
            () ->
                catalog.problems().stream()
                    .filter(problem -> problem.name().equals(name))
                    .findFirst()
                    .map(problem -> new IllegalArgumentException(problem.reason()))
                    .orElseGet(() -> new IllegalArgumentException("there is no mapping " + name)));
  }

  private static Path connectors() {
    return ProjectFolder.find(null, "HUB_CONNECTORS", "connectors").resolve("oem");
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
