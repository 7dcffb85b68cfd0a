package io.caravanhub.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.hub.client.HubClient;
import io.caravanhub.hub.rules.RuleCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code ./hub rule}: rules, before they go live. */
@Command(
    name = "rule",
    description = "Try rules on stored history before they go live; measure what rules cost.",
    mixinStandardHelpOptions = true,
    subcommands = {RuleCommand.BacktestCommand.class, RuleCommand.CostCommand.class})
final class RuleCommand implements Callable<Integer> {
  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec == null ? new CommandLine(this) : spec.commandLine(), "say what: backtest or cost");
  }

  /** {@code ./hub rule backtest}: the events a file's rules would have made. */
  @Command(
      name = "backtest",
      description = {
        "Run the rules of a file over stored history: the events they would have made,",
        "beside the events and jobs that really were. Nothing is stored."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "./hub rule backtest rules/rooftop.yaml --from 2026-08-01 --to 2026-11-01",
        "./hub rule backtest draft.yaml --from 2026-10-01 --device RTU-9 --rule low-suction-pressure",
        "",
        "Exit codes: 0 done, 1 no hub answers or it refuses a rule, 2 an option is wrong."
      })
  static final class BacktestCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "a rule file, or one rule on its own")
    private Path file = Path.of("");

    @Option(
        names = "--from",
        required = true,
        paramLabel = "TIME",
        description = "from this day or moment on (UTC)")
    private String from = "";

    @Option(
        names = "--to",
        paramLabel = "TIME",
        description = "before this day or moment (default: now)")
    private @Nullable String to;

    @Option(names = "--device", paramLabel = "ID", description = "only this device")
    private @Nullable String device;

    @Option(names = "--rule", paramLabel = "ID", description = "only this rule of the file")
    private @Nullable String only;

    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    private final ObjectMapper json = new ObjectMapper();

    @Override
    public Integer call() throws Exception {
      List<JsonNode> rules = rules();
      HubClient hub = HubClient.of(SettingsHelp.load());
      int worst = CommandLine.ExitCode.OK;
      for (JsonNode rule : rules) {
        worst = Math.max(worst, run(hub, rule));
      }
      return worst;
    }

    private List<JsonNode> rules() {
      if (!Files.isReadable(file) || Files.isDirectory(file)) {
        throw wrong("FILE: cannot read " + file);
      }
      try {
        JsonNode tree = new YAMLMapper().readTree(file.toFile());
        List<JsonNode> rules = new ArrayList<>();
        if (tree.has("rules")) {
          tree.path("rules").forEach(rules::add);
        } else {
          rules.add(tree);
        }
        rules.removeIf(rule -> only != null && !only.equals(rule.path("id").asText()));
        if (rules.isEmpty()) {
          throw wrong(only == null ? "FILE: holds no rule" : "--rule: the file has no " + only);
        }
        return rules;
      } catch (IOException e) {
        throw wrong("FILE: is not YAML: " + e.getMessage());
      }
    }

    private int run(HubClient hub, JsonNode rule) throws IOException, InterruptedException {
      ObjectNode draft = json.createObjectNode().put("from", moment("--from", from));
      draft.set("rule", rule);
      if (to != null) {
        draft.put("to", moment("--to", to));
      }
      if (device != null) {
        draft.put("device", device);
      }
      HubClient.Answer answer = hub.post("/rules/backtest", draft.toString());
      if (answer.status() != 200) {
        String field = answer.body().path("field").asText("");
        System.err.printf(
            "%s: %s%s%n",
            rule.path("id").asText("?"),
            field.isEmpty() ? "" : field + ": ",
            answer.body().path("detail").asText("the hub answered " + answer.status()));
        return CommandLine.ExitCode.SOFTWARE;
      }
      show(answer.body());
      return CommandLine.ExitCode.OK;
    }

    private static void show(JsonNode report) {
      System.out.printf(
          Locale.ROOT,
          "%s: %d events on %d devices, %,d readings in %.1f s%n",
          report.path("rule").asText(),
          report.path("events").size(),
          report.path("devices").asInt(),
          report.path("readings").asLong(),
          report.path("millis").asLong() / 1000.0);
      for (JsonNode event : report.path("events")) {
        System.out.printf(
            "  %s  %-20s  %-8s  %s%s%n",
            event.path("opened").asText(),
            event.path("serial").asText(),
            event.path("severity").asText(),
            event.path("message").asText(),
            event.path("realEvent").isTextual() ? "  (was there)" : "");
      }
      int jobs = 0;
      for (JsonNode event : report.path("real")) {
        jobs += event.path("job").isTextual() ? 1 : 0;
        if (!event.path("foreseen").asBoolean()) {
          System.out.printf(
              "  missed: %s  %s  %s%n",
              event.path("opened").asText(),
              event.path("serial").asText(),
              event.path("rule").asText());
        }
      }
      System.out.printf(
          "  really there were %d events and %d jobs of the rule or its family; %d agree, %d missed%n",
          report.path("real").size(),
          jobs,
          report.path("agreed").asInt(),
          report.path("missed").asInt());
      report.path("notes").forEach(note -> System.out.println("  note: " + note.asText()));
    }

    private String moment(String option, String text) {
      try {
        return text.length() == 10
            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant().toString()
            : OffsetDateTime.parse(text).toInstant().toString();
      } catch (DateTimeParseException e) {
        throw wrong(option + ": expected 2026-11-01 or 2026-11-01T12:00:00Z, got \"" + text + "\"");
      }
    }

    private ParameterException wrong(String message) {
      return new ParameterException(
          spec == null ? new CommandLine(this) : spec.commandLine(), message);
    }
  }

  /** {@code ./hub rule cost}: what a reading costs, beside few rules and many. */
  @Command(
      name = "cost",
      description = {
        "Measure what rules cost a reading, on one core and with no database: rules that concern its",
        "device, and rules of others beside them. Takes half a minute."
      },
      mixinStandardHelpOptions = true)
  static final class CostCommand implements Callable<Integer> {
    @Option(names = "--rules", defaultValue = "200", description = "rules on the device (200)")
    private int rules;

    @Option(
        names = "--others",
        defaultValue = "10000",
        description = "rules for other devices (10000)")
    private int others;

    @Option(
        names = "--rounds",
        defaultValue = "200",
        description = "rounds; the median counts (200)")
    private int rounds;

    @Option(
        names = "--report",
        paramLabel = "FILE",
        description = "the nanoseconds a reading as JSON as well")
    private @Nullable Path report;

    @Override
    public Integer call() throws IOException {
      int enough = Math.max(1, rounds);
      double many = RuleCost.nanosPerReading(enough, new RuleCost(rules, 0, false))[0];
      say(
          "%,d rules on one device: %.0f ns, %,.0f readings/s on one core",
          rules, many, 1e9 / many);
      double[] swapped =
          RuleCost.nanosPerReading(
              enough, new RuleCost(10, 0, true), new RuleCost(10, others, true));
      say(
          "10 rules, swapped at each message: %.0f ns a reading; beside %,d of others: %.0f ns, %.2f times that",
          swapped[0], others, swapped[1], swapped[1] / swapped[0]);
      double own = RuleCost.nanosPerReading(enough, RuleCost.ofLimits(rules, false))[0];
      int few = Math.max(1, rounds / 10);
      double drools = RuleCost.nanosPerReading(few, RuleCost.ofLimits(rules, true))[0];
      say(
          "%,d limits: %.0f ns a reading; in Drools, DRL made of the same structure, stateless sessions: %,.0f ns, %.1f times that",
          rules, own, drools, drools / own);
      if (report != null) {
        Map<String, Double> nanos =
            Map.of(
                "rules", many,
                "alone", swapped[0],
                "beside", swapped[1],
                "limits", own,
                "drools", drools);
        Files.write(report, new ObjectMapper().writeValueAsBytes(nanos));
      }
      return CommandLine.ExitCode.OK;
    }

    private static void say(String format, Object... values) {
      System.out.println(String.format(Locale.ROOT, format, values));
    }
  }
}
