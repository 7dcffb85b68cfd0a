package io.caravanhub.edge;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hub edge}: runs a gateway until it is told to stop. */
@Command(
    name = "hub edge",
    description =
        "Runs an edge gateway: reads the devices of its site and forwards what they say to the hub.",
    mixinStandardHelpOptions = true,
    version = "Caravan Hub edge",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:stopped in order", "1:failed while running", "2:wrong setting"})
public final class EdgeCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "settings of this gateway, see edge-camel/packaging/edge.yaml")
  private Path config = Path.of("edge.yaml");

  /** Runs the command and exits with its code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new EdgeCommand()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    EdgeSettings settings;
    try {
      settings = EdgeSettings.read(config, home());
    } catch (IllegalArgumentException e) {
      System.err.println("hub edge: " + e.getMessage());
      return 2;
    }
    return new Edge(settings).run();
  }

  // A package says where it is; in a clone the hub's start script does.
  private static @Nullable Path home() {
    String home = System.getenv("EDGE_HOME");
    return home == null ? null : Path.of(home);
  }
}
