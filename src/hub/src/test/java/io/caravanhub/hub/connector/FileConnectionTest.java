package io.caravanhub.hub.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.testkit.connector.Scaffold;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Connections that read files, with a connector as the kit makes it. */
class FileConnectionTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final String OEM = "pier";
  private static final String HEADER = "serial;time;supplyTemp;power\n";

  private final RunningHub hub = RunningHub.get();
  private final String tenant = RunningHub.unique("drop");
  private final String admin = hub.token(tenant, "admin");
  private final Path folder = hub.drop().resolve(tenant).resolve("meters");

  @BeforeEach
  void connector() throws IOException {
    Path home = hub.connectors().resolve("oem").resolve(OEM);
    if (!Files.exists(home)) {
      Scaffold.write(home, OEM, "file-drop", List.of());
      Files.writeString(
          home.resolve("stream.yaml"),
          Files.readString(home.resolve("stream.yaml")) + "settled: PT1S\n");
    }
    await()
        .atMost(SOON)
        .until(
            () ->
                hub.get("/api/v1/connectors/" + OEM, admin).status() == 200
                    && hub.get("/api/v1/routes", admin).body().contains("\"" + OEM + "\""));
  }

  @AfterAll
  static void remove() throws IOException {
    try (Stream<Path> files = Files.walk(RunningHub.get().connectors().resolve("oem/" + OEM))) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  @AfterEach
  void stop() {
    hub.owner()
        .sql("update connections set state = 'paused', updated_at = now() where tenant_id = ?")
        .param(tenant)
        .update();
    await()
        .atMost(SOON)
        .until(
            () ->
                hub.count(
                        "select count(*) from connections where tenant_id = ? and lease_owner is not null",
                        tenant)
                    == 0);
  }

  private Answer create(String folder, boolean enabled) {
    return hub.post(
        "/api/v1/connections",
        admin,
        Map.of("oem", OEM, "settings", Map.of("folder", folder), "enabled", enabled));
  }

  private void put(String name, String rows) throws IOException {
    Files.createDirectories(folder);
    Path part = Files.writeString(folder.resolve(name + ".part"), rows);
    Files.move(part, folder.resolve(name));
  }

  private static String rows(int from, int to) {
    StringBuilder rows = new StringBuilder(HEADER);
    for (int i = from; i < to; i++) {
      rows.append(
          "UNIT-%d;2026-01-01T%02d:%02d:%02dZ;13,2;7,5\n"
              .formatted(i % 7, i / 3600, i / 60 % 60, i % 60));
    }
    return rows.toString();
  }

  private long readings() {
    return hub.count(
        "select count(*) from telemetry t join devices d on d.key = t.device_id where d.tenant_id = ?",
        tenant);
  }

  private long letters() {
    return hub.count("select count(*) from dead_letters where tenant_id = ?", tenant);
  }

  @Test
  void rowsAreStoredBadOnesAreDeadLettersWithFileAndLineAndTheFileIsPutAway() throws IOException {
    put(
        "night.csv",
        HEADER
            + "UNIT-1;2026-01-01T08:00:00Z;13,2;7,5\n"
            + "UNIT-1;2026-01-01T08:05:00Z;warm;7,5\n"
            + "UNIT-1;2026-01-01T08:10:00Z;13,2;7,5;odd\n"
            + "UNIT-2;;13,2;\n");
    String id = create("meters", true).text("id");
    await().atMost(SOON).until(() -> Files.exists(folder.resolve(".done/night.csv")));
    assertThat(readings()).isEqualTo(3);
    assertThat(
            hub.owner()
                .sql("select reason from dead_letters where tenant_id = ? order by reason")
                .param(tenant)
                .query(String.class)
                .list())
        .satisfiesExactly(
            one -> assertThat(one).startsWith("night.csv, line 3: "),
            two -> assertThat(two).isEqualTo("night.csv, line 4: expected 4 values, got 5"));
    assertThat(hub.get("/api/v1/connections/" + id, admin).text("health")).isEqualTo("good");
  }

  @Test
  void aFileInTheMiddleOfWhichTheConnectionEndsIsReadAgainAndDoublesNothing() throws IOException {
    put("night.csv", rows(0, 8_000));
    String id = create("meters", true).text("id");
    await().atMost(SOON).until(() -> readings() > 0);
    hub.post("/api/v1/connections/" + id + "/pause", admin, "");
    await()
        .atMost(SOON)
        .until(
            () ->
                hub.count(
                        "select count(*) from connections where id = ?::uuid and lease_owner is not null",
                        id)
                    == 0);
    put("later.csv", rows(7_990, 8_000));
    hub.post("/api/v1/connections/" + id + "/enable", admin, "");
    await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> Files.exists(folder.resolve(".done/later.csv")));
    assertThat(readings()).isEqualTo(16_000);
    assertThat(letters()).isZero();
  }

  @Test
  void testingShowsTheFirstRowsAndStoresNothing() throws IOException {
    String id = create("meters", false).text("id");
    put("night.csv", rows(0, 3));
    Answer tested = hub.post("/api/v1/connections/" + id + "/test", admin, "");
    assertThat(tested.json().path("ok").asBoolean()).as(tested.body()).isTrue();
    assertThat(tested.body()).contains("UNIT-2", "supply_air_temp");
    assertThat(folder.resolve("night.csv")).exists();
    assertThat(readings()).isZero();
  }

  @Test
  void aFolderElsewhereIsRefused() throws IOException {
    assertThat(create("../other", false).status()).isEqualTo(400);
    assertThat(create("/etc", false).body()).contains("settings/folder");
    Files.createDirectories(hub.drop().resolve(tenant));
    Files.createSymbolicLink(hub.drop().resolve(tenant).resolve("out"), hub.home());
    String id = create("out", false).text("id");
    Answer tested = hub.post("/api/v1/connections/" + id + "/test", admin, "");
    assertThat(tested.text("reason")).as(tested.body()).contains("symbolic link");
  }

  @Test
  void withoutAFolderOfTheOperatorThereIsAWayOut() {
    DropFolders none = new DropFolders("");
    assertThatThrownBy(() -> none.of(tenant, "meters"))
        .isInstanceOf(CloudException.class)
        .hasMessageContaining("HUB_DROP_FOLDER");
  }
}
