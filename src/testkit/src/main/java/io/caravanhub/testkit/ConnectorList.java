package io.caravanhub.testkit;

import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.ConnectorKit;
import io.caravanhub.testkit.connector.Grade;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code hub connector list}: the connectors there are, with their grades if asked. */
@Command(
    name = "list",
    mixinStandardHelpOptions = true,
    description = "List the connectors.",
    footer = {"", "Example:  ./hub connector list --grades"})
final class ConnectorList implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private ConnectorCommand parent = new ConnectorCommand();

  @Option(
      names = "--grades",
      description = "Test each, which takes some seconds, and say its grade.")
  private boolean grades;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    for (ConnectorFolder connector : parent.all()) {
      String grade =
          grades && connector.isOem() ? Grade.of(ConnectorKit.examine(connector)).label() : "";
      out.printf(
          "%-20s %-8s %-9s %d kamelet(s), %d mapping(s)  %s%n",
          connector.name(),
          connector.isOem()
              ? connector.streams() ? "stream" : connector.polls() ? "poll" : "webhook"
              : "fsm",
          grade,
          connector.files(".kamelet.yaml").size(),
          connector.mappings().size(),
          connector.path());
    }
    return CommandLine.ExitCode.OK;
  }
}
