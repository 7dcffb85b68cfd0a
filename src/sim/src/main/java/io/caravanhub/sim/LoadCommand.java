package io.caravanhub.sim;

import io.caravanhub.sim.load.Load;
import io.caravanhub.sim.load.LoadPlan;
import io.caravanhub.sim.load.Offering;
import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hub load}: load on a running hub, and what became of every message. */
@Command(
    name = "hub load",
    description = {
      "Puts load on a running hub and compares what it acknowledged with what it stored.",
      "Registers devices LOAD-00001 and so on in the hub; their readings stay there."
    },
    showDefaultValues = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ./hub load --rate 5000 --devices 1000 --seconds 60",
      "  ./hub load --http --rate 0 --batch 500            as fast as the hub takes it",
      "  ./hub load --gateway --rate 3000                  all devices over one connection",
      "  ./hub load --bad 0.01 --backfill 0.2 --burst 4    what real fleets do",
      "  ./hub load --http --rate 0 --backfill 1 --name OLD   a gateway's store, beside another load",
      "Ctrl-C ends the sending early; what is under way is waited for and compared.",
      "Exit codes: 0 nothing lost and nothing twice, 1 otherwise, 2 an option is wrong"
    })
public final class LoadCommand implements Callable<Integer> {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help and exit.")
  private boolean help;

  @ArgGroup private @Nullable WayOption way;

  private static final class WayOption {
    @Option(names = "--mqtt", description = "MQTT, a connection for each device (the default)")
    boolean mqtt;

    @Option(names = "--gateway", description = "MQTT, all devices over their gateway's connection")
    boolean gateway;

    @Option(names = "--http", description = "HTTP in batches")
    boolean http;
  }

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "messages a second over all devices; with --http 0 is as many as are taken",
      defaultValue = "1000")
  private int rate;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "what the devices' serials begin with; loads at the same time need one each",
      defaultValue = "LOAD")
  private String name = "";

  @Option(names = "--devices", paramLabel = "N", description = "devices", defaultValue = "1000")
  private int devices;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "how long messages are offered",
      defaultValue = "60")
  private int seconds;

  @Option(
      names = "--metrics",
      paramLabel = "N",
      description = "with --http: measurements in a message; by MQTT there are 3",
      defaultValue = "10")
  private int metrics;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "with --http: readings in a request",
      defaultValue = "500")
  private int batch;

  @Option(
      names = "--connections",
      paramLabel = "N",
      description = "with --http: requests under way at once",
      defaultValue = "4")
  private int connections;

  @Option(
      names = "--window",
      paramLabel = "N",
      description = "messages a connection may have unacknowledged",
      defaultValue = "10")
  private int window;

  @Option(names = "--qos", paramLabel = "N", description = "0 or 1", defaultValue = "1")
  private int qos;

  @Option(
      names = "--jitter",
      paramLabel = "0..1",
      description = "how unevenly devices take turns",
      defaultValue = "0.2")
  private double jitter;

  @Option(
      names = "--burst",
      paramLabel = "X",
      description = "X times the rate for 2 s of every 10",
      defaultValue = "1")
  private double burst;

  @Option(
      names = "--backfill",
      paramLabel = "0..1",
      description =
          "part of the messages with timestamps of six hours ago; with --http part of the requests",
      defaultValue = "0")
  private double backfill;

  @Option(
      names = "--bad",
      paramLabel = "0..1",
      description = "part of the messages that no hub can use; with --http, of the requests",
      defaultValue = "0")
  private double bad;

  @Option(
      names = "--drain",
      paramLabel = "S",
      description = "how long to wait at the end for what is under way",
      defaultValue = "60")
  private int drain;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "of everything random",
      defaultValue = "1")
  private long seed;

  @Option(names = "--no-compare", description = "do not compare with the store at the end")
  private boolean skipComparison;

  @Option(names = "--anonymous", hidden = true, description = "a broker that is no hub's")
  private boolean anonymous;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description = "the report as JSON; default HUB_HOME/load/<time>-<name>.json",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private @Nullable Path report;

  @Option(
      names = "--broker-pid",
      paramLabel = "PID",
      description = "process of a broker outside, to count its CPU",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private long brokerPid;

  @Option(
      names = "--database-pid",
      paramLabel = "PID",
      description = "process of a database outside, to count its CPU",
      showDefaultValue = CommandLine.Help.Visibility.NEVER)
  private long databasePid;

  @Option(names = "--hub-url", hidden = true, defaultValue = "http://127.0.0.1:8080")
  private URI hubUrl = URI.create("http://127.0.0.1:8080");

  @Option(names = "--broker", hidden = true, defaultValue = "127.0.0.1:1883")
  private String broker = "";

  @Option(names = "--home", hidden = true, defaultValue = ".hub")
  private Path home = Path.of(".hub");

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  /** Runs the load and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(Program.run(new LoadCommand(), args));
  }

  @Override
  public Integer call() throws Exception {
    LoadPlan plan = plan();
    String time =
        DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss")
            .withZone(ZoneOffset.UTC)
            .format(Instant.now());
    Path file = report != null ? report : home.resolve("load").resolve(time + "-" + name + ".json");
    Offering offering = new Offering();
    CompletableFuture<Integer> outcome = new CompletableFuture<>();
    Thread early = new Thread(() -> endEarly(offering, outcome), "load-end");
    Runtime.getRuntime().addShutdownHook(early);
    int code = 1;
    try {
      code = new Load(plan, databasePid, brokerPid, System.err).run(file, offering) ? 0 : 1;
      return code;
    } finally {
      outcome.complete(code);
      if (!offering.isEnded()) {
        Runtime.getRuntime().removeShutdownHook(early);
      }
    }
  }

  /** The way of Ctrl-C and SIGTERM: the load ends in order, with its report and its exit code. */
  private static void endEarly(Offering offering, CompletableFuture<Integer> outcome) {
    offering.end();
    Runtime.getRuntime().halt(outcome.join());
  }

  private LoadPlan plan() {
    LoadPlan.Way chosen = LoadPlan.Way.MQTT;
    if (way != null) {
      chosen =
          way.http ? LoadPlan.Way.HTTP : way.gateway ? LoadPlan.Way.GATEWAY : LoadPlan.Way.MQTT;
    }
    boolean http = chosen == LoadPlan.Way.HTTP;
    require(devices >= 1 && devices <= 100_000, "--devices", "1 to 100000");
    require(seconds >= 1, "--seconds", "at least 1");
    require(rate >= 0 && (http || rate > 0), "--rate", "a number of messages a second");
    require(metrics >= 1 && metrics <= 1_000, "--metrics", "1 to 1000");
    require(!http || batch >= metrics && batch <= 5_000, "--batch", "--metrics to 5000 readings");
    require(connections >= 1, "--connections", "at least 1");
    require(window >= 1 && window <= 65_535, "--window", "1 to 65535");
    require(qos == 0 || qos == 1, "--qos", "0 or 1");
    for (double part : new double[] {jitter, backfill, bad}) {
      require(part >= 0 && part <= 1, "--jitter, --backfill and --bad", "0 to 1");
    }
    require(burst >= 1, "--burst", "at least 1");
    require(
        rate <= devices * 900L,
        "--devices",
        "more devices for this rate: a device gives at most 900 messages a second");
    String[] host = broker.split(":", 2);
    return new LoadPlan(
        hubUrl,
        host[0],
        Integer.parseInt(host[1]),
        home,
        chosen,
        rate,
        name,
        devices,
        seconds,
        http ? metrics : LoadPlan.MQTT_METRICS,
        batch,
        Math.min(connections, devices),
        chosen == LoadPlan.Way.GATEWAY ? Math.max(window, 1_000) : window,
        qos,
        jitter,
        burst,
        burst > 1 ? 10 : 0,
        2,
        backfill,
        bad,
        drain,
        !skipComparison && !anonymous && qos > 0,
        anonymous,
        seed);
  }

  private void require(boolean fine, String option, String expected) {
    if (!fine) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), option + ": expected " + expected);
    }
  }
}
