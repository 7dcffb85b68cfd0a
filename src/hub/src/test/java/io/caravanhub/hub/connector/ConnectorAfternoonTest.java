package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.testkit.cloud.FakeCloud;
import io.caravanhub.testkit.cloud.Fault;
import io.caravanhub.testkit.cloud.Script;
import io.caravanhub.testkit.connector.ConnectorFolder;
import io.caravanhub.testkit.connector.ConnectorKit;
import io.caravanhub.testkit.connector.Grade;
import io.caravanhub.testkit.connector.Scaffold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a few payloads of an unknown OEM to its readings in the store of a hub that runs. */
class ConnectorAfternoonTest {
  private static final String NAME = "quillfort";
  private static final String PAYLOAD =
      """
      {"unit": {"serial": "%s", "name": "Unit", "model": "Q1"}, "at": "2026-01-01T08:00:00Z",
       "readings": {"supplyAirTemperature": %s, "roomHumidity": %s, "powerKw": %s}}
      """;

  private final RunningHub hub = RunningHub.get();

  @Test
  void samplesBecomeAConnectorOfGradeGoldThatRunsWithoutARestart(@TempDir Path work)
      throws IOException {
    List<Path> samples = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      Path sample = work.resolve("case-" + i + ".json");
      samples.add(
          Files.writeString(sample, PAYLOAD.formatted("QF-" + i, 12.5 + i, 40 + i, 3.2 * i)));
    }
    Path folder = work.resolve("connectors/oem").resolve(NAME);
    Scaffold.write(folder, NAME, "poll", samples);

    assertThat(Grade.of(ConnectorKit.examine(new ConnectorFolder(folder))))
        .isGreaterThanOrEqualTo(Grade.GOLD);

    String tenant = RunningHub.unique("afternoon");
    String admin = hub.token(tenant, "admin");
    Path dropped = hub.connectors().resolve("oem").resolve(NAME);
    try (FakeCloud cloud = new FakeCloud(Script.read(folder), Fault.NONE)) {
      copy(folder, dropped);
      await()
          .atMost(Duration.ofSeconds(20))
          .until(() -> hub.get("/api/v1/routes", admin).body().contains("\"" + NAME + "\""));
      Answer made =
          hub.post(
              "/api/v1/connections",
              admin,
              Map.of(
                  "oem",
                  NAME,
                  "enabled",
                  true,
                  "settings",
                  Map.of("api_key", "key-of-the-test", "base_url", cloud.origin())));
      assertThat(made.status()).as(made.body()).isEqualTo(201);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(
                          hub.count(
                              """
                              select count(distinct d.serial) from telemetry t join devices d on d.key = t.device_id where d.tenant_id = ?\
                              """,
                              tenant))
                      .as(hub.get("/api/v1/connections/" + made.text("id"), admin).body())
                      .isEqualTo(3));
    } finally {
      hub.owner()
          .sql("update connections set state = 'paused' where tenant_id = ?")
          .param(tenant)
          .update();
      delete(dropped);
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file).toString()));
      }
    }
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
