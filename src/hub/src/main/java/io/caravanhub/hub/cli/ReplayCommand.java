package io.caravanhub.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.client.HubClient;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./hub replay}: kept dead letters go through the pipeline of the running hub again. */
@Command(
    name = "replay",
    description = "Replay dead letters through the running hub.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: ./hub replay --reason 'unknown device'   once the device is registered"
    })
final class ReplayCommand implements Callable<Integer> {
  @Option(names = "--device", description = "only of this device", paramLabel = "ID")
  private @Nullable String device;

  @Option(
      names = "--reason",
      description = "only with this text in field or reason",
      paramLabel = "TEXT")
  private @Nullable String reason;

  @Option(names = "--dry-run", description = "show them, replay nothing")
  private boolean dryRun;

  @Override
  public Integer call() throws Exception {
    HubClient hub = HubClient.of(SettingsHelp.load());
    int replayed = 0;
    int failed = 0;
    String cursor = "";
    do {
      JsonNode page =
          hub.get(
              "/dead-letters?status=kept&limit=500"
                  + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
      for (JsonNode letter : page.path("items")) {
        if (!isWanted(letter)) {
          continue;
        }
        String line =
            letter.path("created_at").asText()
                + "  "
                + letter.path("device").asText("-")
                + "  "
                + letter.path("field").asText("")
                + ": "
                + letter.path("reason").asText();
        if (dryRun) {
          System.out.println(line);
          replayed++;
        } else if (hub.post("/dead-letters/" + letter.path("id").asText() + "/replay", "{}")
                .status()
            == 200) {
          replayed++;
        } else {
          System.out.println("not replayed: " + line);
          failed++;
        }
      }
      cursor = page.path("cursor").asText("");
    } while (!cursor.isEmpty() && !cursor.equals("null"));
    System.out.printf(
        "%d %s, %d failed%n", replayed, dryRun ? "would be replayed" : "replayed", failed);
    return failed == 0 ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private boolean isWanted(JsonNode letter) {
    return (device == null || device.equals(letter.path("device").asText()))
        && (reason == null
            || (letter.path("field").asText() + ": " + letter.path("reason").asText())
                .contains(reason));
  }
}
