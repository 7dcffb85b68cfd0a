package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.testkit.ConnectorCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/**
 * docs/CONNECTORS.md as somebody follows it who has a handful of answers of an unknown OEM and
 * nothing else: the commands that are typed there, in the folder of a hub that runs, to readings in
 * its store and a fault among its events.
 */
class ConnectorAfternoonTest {
  private static final String NAME = "quillfort";

  /** What is promised is three seconds; the machine may be busy with other tests. */
  private static final Duration SOON = Duration.ofSeconds(30);

  private static final String DEVICE =
      """
      {"serialNumber": "%s", "displayName": "Unit", "modelName": "Q1", "lastSeen": "2026-01-0%dT08:00:00Z",
       "readings": {"supplyAirTemperature": %s, "roomHumidity": %s, "powerKw": %s}, "activeFaults": %s}\
      """;

  private final RunningHub hub = RunningHub.get();
  private final StringWriter said = new StringWriter();

  /** What a person types after {@code ./hub connector}. */
  private int type(String... words) {
    CommandLine line = new CommandLine(new ConnectorCommand());
    line.setOut(new PrintWriter(said, true));
    line.setErr(new PrintWriter(said, true));
    String[] all = new String[words.length + 2];
    all[0] = "--connectors";
    all[1] = hub.connectors().toString();
    System.arraycopy(words, 0, all, 2, words.length);
    return line.execute(all);
  }

  private static String device(String serial, int day, double value, String faults) {
    return DEVICE.formatted(serial, day, value, 40 + value, value / 4, faults);
  }

  @Test
  void aHandfulOfSamplesBecomesAConnectorOfGradeGoldThatRunsWithoutARestart(@TempDir Path work)
      throws IOException {
    Path monday = work.resolve("monday.json");
    Path tuesday = work.resolve("tuesday.json");
    Path part = work.resolve("attic.json");
    Files.writeString(
        monday,
        "{\"devices\": [%s, %s]}"
            .formatted(
                device("QF-1", 1, 12.5, "[]"),
                device("QF-2", 1, 13.5, "[{\"code\": \"E12\", \"message\": \"High pressure\"}]")));
    Files.writeString(tuesday, "{\"devices\": [%s]}".formatted(device("QF-1", 2, 12.0, "[]")));
    Files.writeString(part, device("QF-3", 2, 14.5, "[]"));
    String tenant = RunningHub.unique("afternoon");
    String admin = hub.token(tenant, "admin");
    Path folder = hub.connectors().resolve("oem").resolve(NAME);
    Thread cloud = new Thread(() -> type("play", NAME, "--seconds", "60"), "play");
    cloud.setDaemon(true);
    try {
      assertThat(
              type(
                  "new",
                  NAME,
                  "--type",
                  "poll",
                  "--sample",
                  monday.toString(),
                  "--sample",
                  tuesday.toString(),
                  "--sample",
                  part.toString()))
          .as(said.toString())
          .isZero();
      Duration dropped =
          until(() -> hub.get("/api/v1/routes", admin).body().contains("\"" + NAME + "\""));
      assertThat(said.toString()).contains("To do by hand", "auth", "base");

      assertThat(type("test", NAME, "--at-least", "gold")).as(said.toString()).isZero();

      cloud.start();
      await().atMost(SOON).until(() -> said.toString().contains("base_url = "));
      String address = said.toString().replaceAll("(?s).*base_url = (\\S+).*", "$1");
      Answer made =
          hub.post(
              "/api/v1/connections",
              admin,
              Map.of(
                  "oem",
                  NAME,
                  "settings",
                  Map.of("api_key", "api-key-of-the-test", "base_url", address)));
      assertThat(made.status()).as(made.body()).isEqualTo(201);
      assertThat(
              hub.post("/api/v1/connections/" + made.text("id") + "/enable", admin, Map.of())
                  .status())
          .isEqualTo(200);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(serials(tenant))
                      .as(hub.get("/api/v1/connections/" + made.text("id"), admin).body())
                      .isEqualTo(3));
      await()
          .atMost(SOON)
          .until(() -> hub.get("/api/v1/events", admin).body().contains("High pressure"));

      Path route = folder.resolve(NAME + ".camel.yaml");
      Files.writeString(
          route,
          Files.readString(route).replace("description: Telemetry", "description: Now telemetry"));
      Duration changed =
          until(() -> hub.get("/api/v1/routes", admin).body().contains("Now telemetry asked"));
      delete(folder);
      Duration deleted =
          until(() -> !hub.get("/api/v1/routes", admin).body().contains("\"" + NAME + "\""));
      System.out.printf(
          "hot deploy: dropped in %d ms, changed %d ms, deleted %d ms%n",
          dropped.toMillis(), changed.toMillis(), deleted.toMillis());
    } finally {
      hub.owner()
          .sql("update connections set state = 'paused' where tenant_id = ?")
          .param(tenant)
          .update();
      delete(folder);
    }
  }

  private long serials(String tenant) {
    return hub.count(
        """
        select count(distinct d.serial) from telemetry t join devices d on d.key = t.device_id where d.tenant_id = ?\
        """,
        tenant);
  }

  private static Duration until(Callable<Boolean> there) {
    long began = System.nanoTime();
    await().atMost(SOON).pollInterval(Duration.ofMillis(25)).until(there);
    return Duration.ofNanos(System.nanoTime() - began);
  }

  private static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }
}
