package io.caravanhub.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** {@code ./hub replay}: dead letters, or the past out of the raw archive, once more. */
@Command(
    name = "replay",
    description = {
      "Replay through the running hub: dead letters that are kept, or (with --from) the past out of",
      "the raw archive, mapped anew. Rows change and never double; twice is the same as once."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "./hub replay --reason 'unknown device'               once the device is registered",
      "./hub replay --dead-letters --device FAN-1 --from 2026-11-01 --dry-run",
      "./hub replay --id LETTER --edit mended.json          the letter keeps what came",
      "./hub replay --from 2026-11-01 --to 2026-11-08 --device FAN-1   after a mapping was mended",
      "./hub replay --from 2026-11-01 --mapping acme/fan --as draft --dry-run   before it is published",
      "",
      "Exit codes: 0 all went through, 1 some did not or no hub answers, 2 an option is wrong.",
      "Ctrl-C stops watching; the replay goes on in the hub."
    })
final class ReplayCommand implements Callable<Integer> {
  @Option(names = "--dead-letters", description = "dead letters, also with --from and --to")
  private boolean deadLetters;

  @Option(names = "--device", description = "only of this device", paramLabel = "ID")
  private @Nullable String device;

  @Option(
      names = "--reason",
      description = "only letters with this text in field or reason",
      paramLabel = "TEXT")
  private @Nullable String reason;

  @Option(names = "--field", description = "only letters of this field", paramLabel = "FIELD")
  private @Nullable String field;

  @Option(
      names = "--source",
      description = "only letters of this source: mqtt, webhook:<oem>, …",
      paramLabel = "SOURCE")
  private @Nullable String source;

  @Option(
      names = "--from",
      description = "received from this day or moment on (UTC)",
      paramLabel = "TIME")
  private @Nullable String from;

  @Option(names = "--to", description = "received before this day or moment", paramLabel = "TIME")
  private @Nullable String to;

  @Option(names = "--id", description = "this one letter", paramLabel = "LETTER")
  private @Nullable String id;

  @Option(
      names = "--edit",
      description = "with --id: replay this file's content in place of what came",
      paramLabel = "FILE")
  private @Nullable Path edit;

  @Option(
      names = "--mapping",
      description = "with --from: only messages that this mapping maps today",
      paramLabel = "NAME")
  private @Nullable String mapping;

  @Option(
      names = "--as",
      description = "with --mapping and --dry-run: this version of it, or draft",
      paramLabel = "VERSION")
  private @Nullable String version;

  @Option(
      names = "--dry-run",
      description = "show the letters, or the rows that would change; replay nothing")
  private boolean dryRun;

  @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

  private final ObjectMapper json = new ObjectMapper();

  @Override
  public Integer call() throws Exception {
    boolean raw = from != null && !deadLetters && id == null;
    if (!raw && (mapping != null || version != null)) {
      throw wrong("--mapping and --as go with --from, for the past out of the raw archive");
    }
    if (version != null && (mapping == null || !dryRun)) {
      throw wrong(
          "--as goes with --mapping and --dry-run: publish a version to map the past by it");
    }
    ObjectNode filter = filter(raw);
    HubClient hub = HubClient.of(SettingsHelp.load());
    if (id != null) {
      return one(hub, id);
    }
    if (dryRun && !raw) {
      return show(hub, filter);
    }
    HubClient.Answer begun =
        hub.post(raw ? "/telemetry/replay" : "/dead-letters/replay", filter.toString());
    if (begun.status() != 202) {
      System.err.println(said(begun));
      return begun.status() == 400 ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
    }
    return new ReplayProgress(hub, System.out).watch(begun.body().path("id").asText());
  }

  private ObjectNode filter(boolean raw) {
    if (edit != null && id == null) {
      throw wrong("--edit goes with --id");
    }
    if (raw && (reason != null || field != null || source != null)) {
      throw wrong("--reason, --field and --source are for dead letters: add --dead-letters");
    }
    if (to != null && from == null && !deadLetters) {
      throw wrong("--to goes with --from");
    }
    ObjectNode filter = json.createObjectNode();
    put(filter, "device", device);
    put(filter, "reason", reason);
    put(filter, "field", field);
    put(filter, "source", source);
    put(filter, "from", moment("--from", from));
    put(filter, "to", moment("--to", to));
    if (raw) {
      put(filter, "mapping", mapping);
      put(filter, "version", version);
      if (dryRun) {
        filter.put("dry_run", true);
      }
    }
    return filter;
  }

  private static void put(ObjectNode filter, String name, @Nullable String value) {
    if (value != null) {
      filter.put(name, value);
    }
  }

  private @Nullable String moment(String option, @Nullable String text) {
    if (text == null) {
      return null;
    }
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

  private int one(HubClient hub, String letter) throws IOException, InterruptedException {
    ObjectNode body = json.createObjectNode();
    if (edit != null) {
      if (!Files.isReadable(edit)) {
        throw wrong("--edit: cannot read " + edit);
      }
      body.put("payload_base64", Base64.getEncoder().encodeToString(Files.readAllBytes(edit)));
    }
    HubClient.Answer answer =
        hub.post("/dead-letters/" + encoded(letter) + "/replay", body.toString());
    if (answer.status() != 200) {
      System.err.println("not replayed: " + said(answer));
      return CommandLine.ExitCode.SOFTWARE;
    }
    System.out.println("1 replayed, 0 failed");
    return CommandLine.ExitCode.OK;
  }

  private int show(HubClient hub, ObjectNode filter) throws IOException, InterruptedException {
    StringBuilder query = new StringBuilder("/dead-letters?status=kept&limit=500");
    for (Map.Entry<String, JsonNode> entry : filter.properties()) {
      query
          .append('&')
          .append(entry.getKey())
          .append('=')
          .append(encoded(entry.getValue().asText()));
    }
    DeviceNames names = new DeviceNames(hub);
    int shown = 0;
    String cursor = "";
    do {
      JsonNode page = hub.get(query + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
      for (JsonNode letter : page.path("items")) {
        System.out.println(line(letter, names.of(letter.path("device").asText("-"))));
        shown++;
      }
      cursor = page.path("cursor").asText("");
    } while (!cursor.isEmpty() && !cursor.equals("null"));
    System.out.printf("%d would be replayed%n", shown);
    return CommandLine.ExitCode.OK;
  }

  private static String line(JsonNode letter, String device) {
    return letter.path("created_at").asText()
        + "  "
        + letter.path("id").asText()
        + "  "
        + device
        + "  "
        + letter.path("field").asText("")
        + ": "
        + letter.path("reason").asText();
  }

  private static String said(HubClient.Answer answer) {
    String field = answer.body().path("field").asText("");
    return (field.isEmpty() ? "" : field + ": ")
        + answer.body().path("detail").asText("the hub answered " + answer.status());
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
