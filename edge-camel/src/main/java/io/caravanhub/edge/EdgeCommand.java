package io.caravanhub.edge;

import io.caravanhub.edge.manage.EnrolCommand;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code hub edge}: runs a gateway until it is told to stop. */
@Command(
    name = "hub edge",
    description =
        "Runs an edge gateway: reads the devices of its site and forwards what they say to the"
            + " hub.",
    mixinStandardHelpOptions = true,
    subcommands = EnrolCommand.class,
    version = "Caravan Hub edge",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:stopped in order",
      "1:failed while running",
      "2:wrong setting",
      "75:ended so that another release starts"
    })
public final class EdgeCommand implements Callable<Integer> {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "settings of this gateway, see edge-camel/packaging/edge.yaml")
  private @Nullable Path config;

  @Option(
      names = "--warm-up",
      paramLabel = "SECONDS",
      hidden = true,
      description = "starts, waits and stops, so that the classes of a start can be archived")
  private @Nullable Integer warmUp;

  /** Runs the command and exits with its code. */
  public static void main(String[] args) {
    System.exit(new CommandLine(new EdgeCommand()).execute(args));
  }

  @Override
  public Integer call() throws Exception {
    if (config == null) {
      System.err.println("hub edge: --config FILE is required; hub edge --help tells more");
      return 2;
    }
    Edge edge;
    try {
      edge = new Edge(EdgeSettings.read(config, home()));
    } catch (IllegalArgumentException e) {
      System.err.println("hub edge: " + e.getMessage());
      return 2;
    } catch (UncheckedIOException e) {
      System.err.println("hub edge: " + FileTrouble.line(e));
      // What has no room now may have it at the next start.
      return e.getCause() instanceof AccessDeniedException ? 2 : 1;
    } catch (IllegalStateException e) {
      System.err.println("hub edge: " + e.getMessage());
      return 1;
    }
    if (warmUp != null) {
      edge.start();
      TimeUnit.SECONDS.sleep(warmUp);
      edge.stop();
      return 0;
    }
    return edge.run();
  }

  // A package says where it is; in a clone the hub's start script does.
  private static @Nullable Path home() {
    String home = System.getenv("EDGE_HOME");
    return home == null ? null : Path.of(home);
  }
}
