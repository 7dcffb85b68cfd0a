package io.caravanhub.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.PayloadMap;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code hub connector map}: any payloads through a connector's mappings, offline. */
@Command(
    name = "map",
    mixinStandardHelpOptions = true,
    description = "Take payloads apart and map them as the connector would; a JSON object a line.",
    footer = {
      "",
      "Example:  ./hub connector map sensibo --payload answer.json --json",
      "A payload is a whole answer of the cloud, a webhook's body, or one device's part.",
      "Exit code 0 unless it crashed; what cannot be mapped is in the line, as error."
    })
final class ConnectorMap implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private ConnectorCommand parent = new ConnectorCommand();

  @Parameters(paramLabel = "NAME", description = "The connector.")
  private String name = "";

  @Option(names = "--payload", paramLabel = "FILE", required = true, arity = "1..*")
  private List<Path> payloads = List.of();

  @Option(names = "--request", description = "Of cloud.yaml, when the answer is of a certain one.")
  private String request = "";

  @Option(names = "--json", description = "A JSON object a line, which is the only form there is.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    ConnectorFolder connector =
        parent.all().stream()
            .filter(c -> c.name().equals(name))
            .findFirst()
            .orElseThrow(
                () ->
                    new ParameterException(
                        spec.commandLine(),
                        "no connector '" + name + "' in " + parent.connectors()));
    PayloadMap map = new PayloadMap(connector, request);
    for (Path payload : payloads) {
      spec.commandLine().getOut().println(new ObjectMapper().writeValueAsString(map.read(payload)));
    }
    return CommandLine.ExitCode.OK;
  }
}
