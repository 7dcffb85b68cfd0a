package io.caravanhub.testkit;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.testkit.cloud.HookListener;
import io.caravanhub.testkit.connector.ConnectionSettings;
import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.DryRun;
import io.caravanhub.testkit.connector.Reading;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code hub connector run}: a connector by itself, whose readings are shown and not stored. */
@Command(
    name = "run",
    mixinStandardHelpOptions = true,
    description = "Run a connector's route and mappings and print each reading; nothing is stored.",
    footer = {
      "",
      "Examples:",
      "  ./hub connector run acme --settings acme.properties --once",
      "  ./hub connector run acme --against http://127.0.0.1:9090 --every PT30S --json",
      "  ./hub connector run kestrel --port 9090       a webhook connector takes what is posted there",
      "Ctrl-C ends it. Exit codes: 0 done, 1 with --once: the cloud or a mapping failed, 2 wrong call"
    })
final class ConnectorRun implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Spec private CommandSpec spec = CommandSpec.create();
  @ParentCommand private ConnectorCommand parent = new ConnectorCommand();
  @Mixin private GivenSettings given = new GivenSettings();

  @Parameters(paramLabel = "NAME", description = "The connector.")
  private String name = "";

  @Option(
      names = "--against",
      paramLabel = "URL",
      description = "Another origin than the one in cloud.yaml.")
  private @Nullable String against;

  @Option(names = "--once", description = "One poll, or one webhook.")
  private boolean once;

  @Option(names = "--every", description = "As PT30S; default: the connector's interval.")
  private @Nullable Duration every;

  @Option(names = "--port", defaultValue = "0", description = "Webhooks: default a free one.")
  private int port;

  @Option(names = "--json", description = "A JSON object a line.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    ConnectorFolder connector = parent.find(name, spec);
    ConnectionSettings settings = given.read(connector, spec);
    try (DryRun run = new DryRun(connector, settings, against, new Lines())) {
      return connector.polls() ? poll(run) : listen(run, settings);
    }
  }

  private int poll(DryRun run) throws InterruptedException {
    while (true) {
      Instant began = Instant.now();
      boolean good = true;
      try {
        DryRun.Round round = run.poll();
        good = round.good();
        say(
            round.calls()
                + " calls, "
                + round.parts()
                + " parts, "
                + round.readings()
                + " readings");
      } catch (CloudException e) {
        good = false;
        say(e.kind() + ": " + e.reason());
      }
      if (once) {
        return good ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
      }
      Duration wait = every == null ? run.interval() : every;
      Duration left = Duration.between(Instant.now(), began.plus(wait));
      TimeUnit.MILLISECONDS.sleep(Math.max(0, left.toMillis()));
    }
  }

  private int listen(DryRun run, ConnectionSettings settings) throws Exception {
    String secret = String.valueOf(settings.values().getOrDefault("secret", ""));
    try (HookListener hooks = new HookListener(port)) {
      say("waiting for what is posted to " + hooks.origin() + "/");
      while (true) {
        HookListener.Hook hook = hooks.next();
        if (!secret.isEmpty()) {
          say("signature " + run.signature(hook, secret));
        }
        DryRun.Round round = run.push(hook.body());
        say(round.parts() + " parts, " + round.readings() + " readings");
        if (once) {
          return round.good() ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
        }
      }
    }
  }

  private void say(String what) {
    spec.commandLine().getErr().println(name + ": " + what);
    spec.commandLine().getErr().flush();
  }

  /** What came of it, on the standard output. */
  private final class Lines implements DryRun.Listener {
    @Override
    public void reading(Reading one) {
      if (json) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("device", one.device());
        line.put("metric", one.metric());
        line.put("value", one.value());
        line.put("unit", one.unit());
        line.put("ts", one.ts());
        print(line);
      } else {
        out()
            .printf(
                "%-24s %-20s %-28s %s %s%n",
                one.ts(),
                one.device(),
                one.metric(),
                one.value().asText(),
                one.unit() == null ? "" : one.unit());
        out().flush();
      }
    }

    @Override
    public void other(String device, String what, Object told) {
      Map<String, Object> line = new LinkedHashMap<>();
      line.put("device", device);
      line.put(what, told);
      if (json) {
        print(line);
      } else {
        out().printf("%-24s %-20s %s %s%n", "", device, what, told);
        out().flush();
      }
    }

    private void print(Map<String, Object> line) {
      try {
        out().println(JSON.writeValueAsString(line));
        out().flush();
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }

    private PrintWriter out() {
      return spec.commandLine().getOut();
    }
  }
}
