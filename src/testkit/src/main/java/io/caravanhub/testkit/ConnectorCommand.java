package io.caravanhub.testkit;

import io.caravanhub.testkit.connector.ConnectorFolder;
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
    subcommands = {ConnectorTest.class, ConnectorMap.class, ConnectorList.class},
    synopsisSubcommandLabel = "(new | test | map | list)",
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
    throw new ParameterException(spec.commandLine(), "one of new, test, map, list is needed");
  }

  @Command(
      name = "new",
      mixinStandardHelpOptions = true,
      description = "Write a new connector: kamelet, route, mapping, samples, README.",
      footer = {"", "Example:  ./hub connector new acme"})
  int create(
      @Parameters(paramLabel = "NAME", description = "The OEM's name: a-z, 0-9, '-'.") String name,
      @Option(
              names = "--type",
              defaultValue = "webhook",
              description = "webhook: its cloud pushes; poll: it is asked (default: webhook).")
          String type,
      @Option(
              names = "--sample",
              paramLabel = "FILE",
              description = "A payload of one device in JSON; several may be given.")
          @Nullable List<Path> samples) {
    if (!type.matches("webhook|poll")) {
      throw new ParameterException(spec.commandLine(), "--type: expected webhook or poll");
    }
    if (!name.matches("[a-z][a-z0-9-]*")) {
      throw new ParameterException(
          spec.commandLine(), "NAME '" + name + "': only a-z, 0-9 and '-', a letter first");
    }
    Path folder = connectors().resolve("oem").resolve(name);
    if (Files.exists(folder)) {
      throw new ParameterException(spec.commandLine(), folder + " exists already");
    }
    PrintWriter out = out();
    Scaffold.write(folder, name, type, samples == null ? List.of() : samples)
        .forEach(file -> out.println("  " + file));
    out.println();
    out.println(
        "Now put real payloads into "
            + folder.resolve("samples/in")
            + ", write telemetry.jsonata, and run");
    out.println("  ./hub connector test " + name);
    return CommandLine.ExitCode.OK;
  }

  List<ConnectorFolder> all() {
    return ConnectorFolder.all(connectors());
  }

  Path connectors() {
    return ProjectFolder.find(given, "HUB_CONNECTORS", "connectors");
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
