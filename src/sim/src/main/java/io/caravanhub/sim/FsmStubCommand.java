package io.caravanhub.sim;

import io.caravanhub.sim.fsm.FsmServer;
import java.nio.file.Path;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * Runs the field-service stub. Prints one JSON line when it can be called; what it stored is there
 * again after a restart.
 */
@Command(
    name = "fsm",
    description = "Runs a field-service system that keeps what it gets and shows it on a page.",
    showDefaultValues = true)
public final class FsmStubCommand implements Callable<Integer> {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @Option(names = "--port", description = "HTTP port, 0 for a free one", defaultValue = "0")
  private int port;

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      description = "where records are kept",
      defaultValue = ".hub/fsm")
  private Path directory = Path.of(".hub", "fsm");

  /** Runs until standard input ends or SIGTERM. */
  public static void main(String[] args) {
    // Without it, an answer on a kept connection waits 40 ms for the client's delayed ACK.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.exit(Program.run(new FsmStubCommand(), args));
  }

  @Override
  public Integer call() throws Exception {
    try (Lifetime lifetime = Lifetime.of(System.in);
        FsmServer server = new FsmServer(port, directory, Clock.systemUTC())) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("ready", true);
      line.put("url", server.url());
      new JsonLines(System.out).print(line);
      lifetime.await();
    }
    return 0;
  }
}
