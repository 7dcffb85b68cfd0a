package io.caravanhub.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code ./hub policy}: what is done about events, before it is. */
@Command(
    name = "policy",
    description =
        "List policies, try what they would do about an event, replay them over the past.",
    mixinStandardHelpOptions = true,
    subcommands = {
      PolicyCommand.ListCommand.class,
      PolicyCommand.TestCommand.class,
      PolicyCommand.ReplayCommand.class
    })
final class PolicyCommand implements Callable<Integer> {
  private static final ObjectMapper JSON = new ObjectMapper();

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec == null ? new CommandLine(this) : spec.commandLine(),
        "say what: list, test or replay");
  }

  /** What the commands that try a draft have in common. */
  abstract static class Trial implements Callable<Integer> {
    @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

    /** The policy of a file, or of its list the one with the id. */
    JsonNode draft(Path file, @Nullable String only) {
      if (!Files.isReadable(file) || Files.isDirectory(file)) {
        throw wrong("--policy: cannot read " + file);
      }
      try {
        JsonNode tree = new YAMLMapper().readTree(file.toFile());
        if (!tree.has("policies")) {
          return tree;
        }
        for (JsonNode policy : tree.path("policies")) {
          if (only == null
              ? tree.path("policies").size() == 1
              : only.equals(policy.path("id").asText())) {
            return policy;
          }
        }
        throw wrong(
            only == null
                ? "--policy: the file holds several, say which with --id"
                : "--id: the file has no " + only);
      } catch (IOException e) {
        throw wrong("--policy: is not YAML: " + e.getMessage());
      }
    }

    ParameterException wrong(String message) {
      return new ParameterException(
          spec == null ? new CommandLine(this) : spec.commandLine(), message);
    }

    /** Asks the hub; null after it has said on the error stream why not. */
    static @Nullable JsonNode ask(String path, JsonNode body)
        throws IOException, InterruptedException {
      HubClient.Answer answer = HubClient.of(SettingsHelp.load()).post(path, body.toString());
      if (answer.status() == 200) {
        return answer.body();
      }
      String field = answer.body().path("field").asText("");
      System.err.printf(
          "%s%s%n",
          field.isEmpty() ? "" : field + ": ",
          answer.body().path("detail").asText("the hub answered " + answer.status()));
      return null;
    }

    /** A day (UTC) or a moment. */
    String moment(String option, String text) {
      try {
        return text.length() == "2026-11-01".length()
            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant().toString()
            : OffsetDateTime.parse(text).toInstant().toString();
      } catch (DateTimeParseException e) {
        throw wrong(option + ": expected 2026-11-01 or 2026-11-01T12:00:00Z, got \"" + text + "\"");
      }
    }
  }

  /** {@code ./hub policy list}. */
  @Command(
      name = "list",
      description = "The policies in force, and what is refused and why.",
      mixinStandardHelpOptions = true)
  static final class ListCommand implements Callable<Integer> {
    @Override
    public Integer call() throws Exception {
      for (JsonNode line : HubClient.of(SettingsHelp.load()).get("/policies").path("items")) {
        if (line.path("state").asText().equals("refused")) {
          System.out.printf(
              "refused   %s, line %d: %s %s%n",
              line.path("source").asText(),
              line.path("line").asInt(),
              line.path("field").asText(),
              line.path("reason").asText());
        } else {
          JsonNode policy = line.path("policy");
          System.out.printf(
              "%-9s %-28s %-24s %s%n",
              line.path("state").asText(),
              policy.path("id").asText(),
              line.path("source").asText(),
              policy.path("description").asText());
        }
      }
      return CommandLine.ExitCode.OK;
    }
  }

  /** {@code ./hub policy test}. */
  @Command(
      name = "test",
      description = {
        "What would be done about an event, and why. Nothing is stored. The event is a stored one, or",
        "one that is described."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "./hub policy test --type likely_failure --severity high --device RTU-1",
        "./hub policy test --event 5f0c... --policy draft.yaml",
        "",
        "Exit codes: 0 done, 1 no hub answers or it refuses the draft, 2 an option is wrong."
      })
  static final class TestCommand extends Trial {
    @Option(names = "--event", paramLabel = "ID", description = "a stored event")
    private @Nullable String event;

    @Option(names = "--type", paramLabel = "TYPE", description = "warning, maintenance_due, …")
    private @Nullable String type;

    @Option(names = "--severity", paramLabel = "SEVERITY", description = "low to critical")
    private @Nullable String severity;

    @Option(names = "--family", paramLabel = "NAME", description = "family of events")
    private @Nullable String family;

    @Option(names = "--confidence", paramLabel = "0..1", description = "of a detector")
    private @Nullable Double confidence;

    @Option(names = "--device", paramLabel = "ID", description = "id or serial of the device")
    private @Nullable String device;

    @Option(names = "--at", paramLabel = "TIME", description = "when it happens (default: now)")
    private @Nullable String at;

    @Option(names = "--policy", paramLabel = "FILE", description = "a draft that is tried too")
    private @Nullable Path policy;

    @Option(names = "--id", paramLabel = "ID", description = "this policy of the file")
    private @Nullable String only;

    @Override
    public Integer call() throws Exception {
      boolean described =
          type != null
              || severity != null
              || family != null
              || confidence != null
              || device != null;
      if (event != null && described) {
        throw wrong("--event is a stored event: it has its own type, severity, family and device");
      }
      if (event == null && (type == null || severity == null)) {
        throw wrong("expected --event, or --type and --severity");
      }
      ObjectNode body = JSON.createObjectNode();
      if (event != null) {
        body.put("event_id", event);
      } else {
        ObjectNode fields = body.putObject("event").put("type", type).put("severity", severity);
        put(fields, "family", family);
        put(fields, "device", device);
        if (confidence != null) {
          fields.put("confidence", confidence);
        }
      }
      put(body, "at", at == null ? null : moment("--at", at));
      if (policy != null) {
        body.set("policy", draft(policy, only));
      }
      JsonNode answer = ask("/policies/dry-run", body);
      if (answer == null) {
        return CommandLine.ExitCode.SOFTWARE;
      }
      System.out.println(answer.path("summary").asText());
      for (JsonNode looked : answer.path("policies")) {
        String reason = looked.path("reason").asText();
        System.out.printf(
            "  %-3s %-28s %s%n",
            looked.path("matched").asBoolean() ? "yes" : "no",
            looked.path("policy").asText(),
            reason);
      }
      answer.path("actions").forEach(TestCommand::show);
      return CommandLine.ExitCode.OK;
    }

    private static void show(JsonNode action) {
      StringBuilder line = new StringBuilder("  ").append(action.path("kind").asText());
      line.append(' ').append(action.path("outcome").asText());
      if (action.path("heldUntil").isTextual()) {
        line.append(" until ").append(action.path("heldUntil").asText());
      }
      if (action.path("priority").isInt()) {
        line.append(", priority ").append(action.path("priority").intValue());
      }
      String reason = action.path("reason").asText("");
      System.out.println(line.append(reason.isEmpty() ? "" : ": " + reason));
    }

    private static void put(ObjectNode node, String name, @Nullable String value) {
      if (value != null) {
        node.put(name, value);
      }
    }
  }

  /** {@code ./hub policy replay}. */
  @Command(
      name = "replay",
      description = {
        "The events of the past by the policies in force with a draft in its place: the actions they",
        "would have made beside those there were. Nothing is stored."
      },
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "./hub policy replay draft.yaml --from 2026-10-01",
        "",
        "Exit codes: 0 done, 1 no hub answers or it refuses the draft, 2 an option is wrong."
      })
  static final class ReplayCommand extends Trial {
    @Parameters(arity = "0..1", paramLabel = "FILE", description = "a draft (default: as in force)")
    private @Nullable Path file;

    @Option(names = "--id", paramLabel = "ID", description = "this policy of the file")
    private @Nullable String only;

    @Option(names = "--from", paramLabel = "TIME", description = "default: thirty days before")
    private @Nullable String from;

    @Option(names = "--to", paramLabel = "TIME", description = "default: now")
    private @Nullable String to;

    @Override
    public Integer call() throws Exception {
      ObjectNode body = JSON.createObjectNode();
      if (from != null) {
        body.put("from", moment("--from", from));
      }
      if (to != null) {
        body.put("to", moment("--to", to));
      }
      if (file != null) {
        body.set("policy", draft(file, only));
      }
      JsonNode report = ask("/policies/replay", body);
      if (report == null) {
        return CommandLine.ExitCode.SOFTWARE;
      }
      for (JsonNode line : report.path("shown")) {
        System.out.printf(
            "%s  %-16s %-8s %-40.40s  would: %s  was: %s%n",
            line.path("openedAt").asText(),
            line.path("device").asText(),
            line.path("severity").asText(),
            line.path("message").asText(),
            words(line.path("would")),
            words(line.path("were")));
      }
      System.out.printf(
          "%d events; would have made %s; there were %s; otherwise for %d events%n",
          report.path("events").asInt(),
          report.path("would"),
          report.path("were"),
          report.path("differing").asInt());
      report.path("notes").forEach(note -> System.out.println("note: " + note.asText()));
      return CommandLine.ExitCode.OK;
    }

    private static String words(JsonNode list) {
      java.util.StringJoiner words = new java.util.StringJoiner(", ");
      words.setEmptyValue("nothing");
      list.forEach(one -> words.add(one.asText()));
      return words.toString();
    }
  }
}
