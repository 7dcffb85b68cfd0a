package io.caravanhub.hub.fault;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.sim.load.Load;
import io.caravanhub.sim.load.LoadPlan;
import io.caravanhub.sim.load.Offering;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of {@code ./hub load}, which {@link FaultIT} relies on, against a real store. */
class LoadReportTest {
  private final RunningHub hub = RunningHub.get();
  private final String name = RunningHub.unique("LOAD");
  @TempDir private Path folder;

  @Test
  void two_runs_in_a_row_with_the_same_devices_are_clean() throws Exception {
    assertClean(run());
    assertClean(run());
  }

  @Test
  void a_row_that_no_message_accounts_for_is_a_duplicate() throws Exception {
    Registered device = hub.device(hub.admin(), Map.of("device_serial", name + "-00001"));
    Map<String, Object> astray =
        Map.of(
            "deviceId",
            device.serial(),
            "timestamp",
            System.currentTimeMillis() + 20_000,
            "metrics",
            Map.of("load_sequence", 1));
    assertThat(hub.ingest(device.token(), astray).status()).isEqualTo(202);

    JsonNode report = run();

    assertThat(report.path("lost").asLong(-1)).isZero();
    assertThat(report.path("duplicates").asLong()).isEqualTo(1);
    assertThat(report.path("stored_under_another_time").asLong()).isEqualTo(1);
  }

  private static void assertClean(JsonNode report) {
    assertThat(report.path("stored").asLong())
        .isPositive()
        .isEqualTo(report.path("acknowledged").asLong());
    assertThat(report.path("lost").asLong(-1)).isZero();
    assertThat(report.path("duplicates").asLong(-1)).isZero();
  }

  private JsonNode run() throws IOException, InterruptedException {
    LoadPlan plan =
        new LoadPlan(
            hub.uri("/"),
            "127.0.0.1",
            hub.mqttPort(),
            hub.home(),
            LoadPlan.Way.HTTP,
            200,
            name,
            3,
            1,
            3,
            30,
            2,
            10,
            1,
            0,
            1,
            0,
            2,
            0.3,
            0.1,
            10,
            true,
            false,
            1);
    Path file = folder.resolve("report.json");
    PrintStream silent =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    new Load(plan, 0, 0, silent).run(file, new Offering());
    return new ObjectMapper().readTree(file.toFile());
  }
}
