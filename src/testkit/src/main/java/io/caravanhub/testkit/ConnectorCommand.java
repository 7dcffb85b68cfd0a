package io.caravanhub.testkit;

import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.LogTap;
import io.caravanhub.testkit.connector.Scaffold;
import io.caravanhub.testkit.scaffold.Drafts;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
    description = "Make, check, try and list connectors.",
    subcommands = {
      ConnectorTest.class,
      ConnectorMap.class,
      ConnectorRecord.class,
      ConnectorRun.class,
      ConnectorPlay.class,
      ConnectorList.class
    },
    synopsisSubcommandLabel = "(new | test | map | record | run | play | list)",
    footer = {
      "",
      "A connector in an afternoon:",
      "  ./hub connector new acme --type poll --sample a.json b.json    a draft that passes its tests",
      "  ./hub connector test acme                 again after every change; takes seconds",
      "  ./hub connector run acme --once           what the real cloud's answer comes to; stores nothing",
      "  ./hub connector record acme --replace     that answer as samples, with nobody's name in them",
      "  ./hub run                                 takes it up; a running hub does so by itself"
    })
public final class ConnectorCommand implements Runnable {
  private final LogTap log;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--connectors",
      paramLabel = "FOLDER",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Folder of the connectors (default: HUB_CONNECTORS, else ./connectors).")
  private @Nullable Path given;

  /** With logs that go to the standard streams. */
  public ConnectorCommand() {
    this(LogTap.streams());
  }

  /**
   * @param log where what is logged can be heard
   */
  public ConnectorCommand(LogTap log) {
    this.log = log;
  }

  LogTap log() {
    return log;
  }

  @Override
  public void run() {
    throw new ParameterException(
        spec.commandLine(), "one of new, test, map, record, run, play, list is needed");
  }

  @Command(
      name = "new",
      mixinStandardHelpOptions = true,
      description = "Write a new connector: kamelet, route, mappings, samples, README.",
      footer = {
        "",
        "With samples or a description of the API everything is drafted by looking at them; what could",
        "not be known is listed at the end and in the README.",
        "Examples:",
        "  ./hub connector new acme",
        "  ./hub connector new acme --type poll --sample devices.json --sample readings.json",
        "  ./hub connector new acme --type poll --openapi acme-openapi.yaml --sample answer.json",
        "  ./hub connector new acme --type webhook --sample event-1.json event-2.json"
      })
  int create(
      @Parameters(paramLabel = "NAME", description = "The OEM's name: a-z, 0-9, '-'.") String name,
      @Option(
              names = "--type",
              defaultValue = "webhook",
              description =
                  "webhook: its cloud pushes; poll: it is asked; mqtt-cloud, websocket-cloud:"
                      + " messages come over a connection that is held open; file-drop: files in a"
                      + " folder (default: webhook).")
          String type,
      @Option(
              names = "--sample",
              paramLabel = "FILE",
              arity = "1..*",
              description =
                  "A whole answer or body in JSON, or one device's part of it; several may be given.")
          @Nullable List<Path> samples,
      @Option(
              names = "--openapi",
              paramLabel = "FILE",
              description = "Poll: the API as OpenAPI 3, in JSON or YAML.")
          @Nullable Path openApi) {
    if (!type.matches("webhook|poll|mqtt-cloud|websocket-cloud|file-drop")) {
      throw new ParameterException(
          spec.commandLine(),
          "--type: expected webhook, poll, mqtt-cloud, websocket-cloud or file-drop");
    }
    if (!name.matches("[a-z][a-z0-9-]*")) {
      throw new ParameterException(
          spec.commandLine(), "NAME '" + name + "': only a-z, 0-9 and '-', a letter first");
    }
    if (openApi != null && !type.equals("poll")) {
      throw new ParameterException(
          spec.commandLine(),
          "--openapi: goes with --type poll; webhooks are drafted from --sample");
    }
    List<Path> given = new ArrayList<>(samples == null ? List.of() : samples);
    for (Path file : given) {
      require(file, "--sample");
    }
    if (openApi != null) {
      require(openApi, "--openapi");
    }
    Path folder = connectors().resolve("oem").resolve(name);
    if (Files.exists(folder)) {
      throw new ParameterException(spec.commandLine(), folder + " exists already");
    }
    PrintWriter out = out();
    Drafts.Made made = Scaffold.draft(folder, name, type, given, openApi);
    made.files().forEach(file -> out.println("  " + file));
    out.println();
    out.println("To do by hand:");
    made.byHand().forEach(line -> out.println("  - " + line));
    out.println();
    out.println("After every change, in seconds:  ./hub connector test " + name);
    return CommandLine.ExitCode.OK;
  }

  private void require(Path file, String option) {
    if (!Files.isReadable(file)) {
      throw new ParameterException(spec.commandLine(), option + ": no file " + file);
    }
  }

  /** The connector of this name, or a wrong argument. */
  ConnectorFolder find(String name, CommandSpec caller) {
    return all().stream()
        .filter(c -> c.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    caller.commandLine(), "no connector '" + name + "' in " + connectors()));
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
