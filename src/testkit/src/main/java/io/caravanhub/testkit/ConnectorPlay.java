package io.caravanhub.testkit;

import io.caravanhub.testkit.cloud.FakeCloud;
import io.caravanhub.testkit.cloud.Fault;
import io.caravanhub.testkit.cloud.MovedTimes;
import io.caravanhub.testkit.cloud.Script;
import io.caravanhub.testkit.connector.ConnectorFolder;
import java.io.PrintWriter;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code hub connector play}: the scripted cloud of a connector, for a hub that runs. */
@Command(
    name = "play",
    mixinStandardHelpOptions = true,
    description = "Play the cloud of samples/cloud.yaml on a port of this machine, until Ctrl-C.",
    footer = {
      "",
      "Give a connection that address as base_url, and it polls what is played:",
      "  ./hub connector play acme --port 9090",
      "  ./hub connector play acme --port 9090 --fault TOO_MANY      how the hub takes that"
    })
final class ConnectorPlay implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private ConnectorCommand parent = new ConnectorCommand();

  @Parameters(paramLabel = "NAME", description = "The connector.")
  private String name = "";

  @Option(names = "--port", defaultValue = "0", description = "Default: a free one.")
  private int port;

  @Option(names = "--seconds", description = "For how long; 0 until Ctrl-C.", hidden = true)
  private long seconds;

  @Option(
      names = "--as-recorded",
      description = "Leave times as they are; else the newest of them is the time of the answer.")
  private boolean asRecorded;

  @Option(
      names = "--fault",
      defaultValue = "NONE",
      description = "What is wrong with the cloud: ${COMPLETION-CANDIDATES}.")
  private Fault fault = Fault.NONE;

  @Override
  public Integer call() throws Exception {
    ConnectorFolder connector = parent.find(name, spec);
    if (!connector.polls()) {
      throw new ParameterException(
          spec.commandLine(), name + " waits for webhooks; there is no cloud to play");
    }
    Script script = Script.read(connector.path());
    PrintWriter out = spec.commandLine().getOut();
    MovedTimes times = new MovedTimes(script);
    try (FakeCloud cloud =
        new FakeCloud(script, fault, port, asRecorded ? answer -> answer : times::now)) {
      out.println("playing the cloud of " + name + " on " + cloud.origin());
      out.println("settings of a connection to it:");
      out.println("  base_url = " + cloud.origin());
      Map<String, String> all = new java.util.TreeMap<>(script.settings());
      all.putAll(script.credentials());
      out.println(
          all.entrySet().stream()
              .map(s -> "  " + s.getKey() + " = " + s.getValue().replace("$origin", cloud.origin()))
              .collect(Collectors.joining(System.lineSeparator())));
      out.flush();
      CountDownLatch end = new CountDownLatch(1);
      int told = 0;
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      while ((seconds == 0 || System.nanoTime() < until)
          && !end.await(500, TimeUnit.MILLISECONDS)) {
        for (String call : cloud.calls().subList(told, cloud.calls().size())) {
          told++;
          out.println(
              (cloud.unexpected().contains(call) ? "not in the script: " : "asked: ")
                  + call.replaceFirst("\\?.*", ""));
          out.flush();
        }
      }
    }
    return CommandLine.ExitCode.OK;
  }
}
