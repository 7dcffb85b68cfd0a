package io.caravanhub.hub.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.client.HubClient;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.ExitCode;

/** Follows a replay to its end: one line that changes on a terminal, now and then one elsewhere. */
final class ReplayProgress {
  private static final long LOOK_MILLIS = 500;
  private static final int LOOKS_A_LINE = 10;

  private final HubClient hub;
  private final PrintStream out;
  private final boolean terminal = System.console() != null;

  ReplayProgress(HubClient hub, PrintStream out) {
    this.hub = hub;
    this.out = out;
  }

  /** Returns the command's exit code. */
  int watch(String replay) throws IOException, InterruptedException {
    JsonNode job = hub.get("/replays/" + replay);
    for (int look = 0; isUnderWay(job); look++) {
      if (terminal) {
        out.print("\r" + line(job) + "   ");
        out.flush();
      } else if (look % LOOKS_A_LINE == LOOKS_A_LINE - 1) {
        out.println(line(job));
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      job = hub.get("/replays/" + replay);
    }
    if (terminal) {
      out.print("\r");
    }
    long done = job.path("done").asLong();
    long failed = job.path("failed").asLong();
    String state = job.path("state").asText();
    out.printf(
        isDry(job) ? "%d looked at, %d fail" : "%d replayed, %d failed", done - failed, failed);
    if (job.path("kind").asText().equals("raw")) {
      out.printf(
          isDry(job)
              ? "; %d rows would change or be added, %d go"
              : "; %d rows changed or added, %d removed",
          job.path("changed").asLong(),
          job.path("removed").asLong());
    }
    out.println(state.equals("done") ? "" : " (" + state + ")");
    DeviceNames names = new DeviceNames(hub);
    for (JsonNode sample : job.path("samples")) {
      out.println(difference(sample, names.of(sample.path("device").asText())));
    }
    if (failed > 0 || !state.equals("done")) {
      out.println("last failure: " + job.path("last_error").asText("none"));
    }
    return failed == 0 && state.equals("done") ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private static boolean isDry(JsonNode job) {
    return job.at("/filter/dry_run").asBoolean();
  }

  private static String difference(JsonNode sample, String device) {
    return "  "
        + sample.path("ts").asText()
        + "  "
        + device
        + "  "
        + sample.path("metric").asText()
        + "  "
        + value(sample.path("before"))
        + " -> "
        + value(sample.path("after"));
  }

  private static String value(JsonNode value) {
    return value.isNull()
        ? "none"
        : value.path("value").asText()
            + (value.path("quality").asInt() == 0
                ? ""
                : value.path("quality").asInt() < 2 ? " (suspect)" : " (bad)");
  }

  private static boolean isUnderWay(JsonNode job) {
    String state = job.path("state").asText();
    return state.equals("queued") || state.equals("running");
  }

  private static String line(JsonNode job) {
    return job.path("total").isNull()
        ? "waiting"
        : job.path("done").asLong()
            + " of "
            + job.path("total").asLong()
            + ", "
            + job.path("failed").asLong()
            + " failed";
  }
}
