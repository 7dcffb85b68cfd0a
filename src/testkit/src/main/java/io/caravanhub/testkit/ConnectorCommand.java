package io.caravanhub.testkit;

import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.ConnectorKit;
import io.caravanhub.testkit.connector.Finding;
import io.caravanhub.testkit.connector.Scaffold;
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

/** {@code hub connector new|test|list}: a connector from its first file to its last check. */
@Command(
    name = "connector",
    mixinStandardHelpOptions = true,
    description = "Make, check and list connectors.",
    synopsisSubcommandLabel = "(new | test | list)",
    footer = {
      "",
      "A connector in an afternoon:",
      "  ./hub connector new acme       a folder that passes its own tests",
      "  ./hub connector test acme      again after every change; takes seconds",
      "  ./hub run                      takes it up; a running hub does so by itself"
    })
public final class ConnectorCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--connectors",
      paramLabel = "FOLDER",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Folder of the connectors (default: HUB_CONNECTORS, else ./connectors).")
  private @Nullable Path given;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "one of new, test, list is needed");
  }

  @Command(
      name = "new",
      mixinStandardHelpOptions = true,
      description = "Write a new connector: kamelet, route, mapping, samples, README.",
      footer = {"", "Example:  ./hub connector new acme"})
  int create(
      @Parameters(paramLabel = "NAME", description = "The OEM's name: a-z, 0-9, '-'.")
          String name) {
    if (!name.matches("[a-z][a-z0-9-]*")) {
      throw new ParameterException(
          spec.commandLine(), "NAME '" + name + "': only a-z, 0-9 and '-', a letter first");
    }
    Path folder = connectors().resolve("oem").resolve(name);
    if (Files.exists(folder)) {
      throw new ParameterException(spec.commandLine(), folder + " exists already");
    }
    PrintWriter out = out();
    Scaffold.write(folder, name).forEach(file -> out.println("  " + file));
    out.println();
    out.println(
        "Now put real payloads into "
            + folder.resolve("samples/in")
            + ", write telemetry.jsonata, and run");
    out.println("  ./hub connector test " + name);
    return CommandLine.ExitCode.OK;
  }

  @Command(
      name = "test",
      mixinStandardHelpOptions = true,
      description = "Check one connector or all: layout, kamelets, mapping over samples, routes.",
      footer = {
        "",
        "Examples:",
        "  ./hub connector test             every connector",
        "  ./hub connector test kestrel     one of them",
        "Exit codes: 0 all conform, 1 something is wrong, 2 no such connector"
      })
  int test(
      @Parameters(
              paramLabel = "NAME",
              arity = "0..1",
              defaultValue = "",
              description = "The connector; all when absent.")
          String name) {
    List<ConnectorFolder> found =
        all().stream().filter(c -> name.isEmpty() || c.name().equals(name)).toList();
    if (found.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          name.isEmpty()
              ? "no connectors in " + connectors()
              : "no connector '" + name + "' in " + connectors());
    }
    boolean passed = true;
    for (ConnectorFolder connector : found) {
      passed &= report(connector);
    }
    return passed ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "List the connectors.",
      footer = {"", "Example:  ./hub connector list"})
  int list() {
    PrintWriter out = out();
    for (ConnectorFolder connector : all()) {
      out.printf(
          "%-20s %d kamelet(s), %d mapping(s)  %s%n",
          connector.name(),
          connector.files(".kamelet.yaml").size(),
          connector.mappings().size(),
          connector.path());
    }
    return CommandLine.ExitCode.OK;
  }

  private boolean report(ConnectorFolder connector) {
    PrintWriter out = out();
    out.println(connector.name());
    boolean passed = true;
    for (Finding finding : ConnectorKit.examine(connector)) {
      out.printf(
          "  %-5s %-9s %s%n",
          finding.passed() ? "ok" : "WRONG",
          finding.check(),
          finding.passed() ? finding.good() : "");
      finding.problems().forEach(problem -> out.println("        " + problem));
      passed &= finding.passed();
    }
    return passed;
  }

  private List<ConnectorFolder> all() {
    return ConnectorFolder.all(connectors());
  }

  private Path connectors() {
    return ProjectFolder.find(given, "HUB_CONNECTORS", "connectors");
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
