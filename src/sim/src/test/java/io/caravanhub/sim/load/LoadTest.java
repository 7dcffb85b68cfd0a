package io.caravanhub.sim.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.sim.mqtt.RecordingBroker;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LoadTest {
  private final ObjectMapper json = new ObjectMapper();
  private final Tally tally = new Tally();
  @TempDir private Path home;
  private HubStandIn hub;
  private Path file;

  @BeforeEach
  void open() throws IOException {
    hub = new HubStandIn(home);
    file = home.resolve("load/report.json");
  }

  @AfterEach
  void close() {
    hub.close();
  }

  @Test
  void aHubThatKeepsEverythingIsClean() throws Exception {
    assertThat(run(plan())).isTrue();

    JsonNode report = json.readTree(file.toFile());
    assertThat(report.path("way").asText()).isEqualTo("http");
    assertThat(report.path("offered").asLong())
        .isPositive()
        .isEqualTo(report.path("acknowledged").asLong())
        .isEqualTo(report.path("stored").asLong());
    assertThat(report.path("lost").asLong(-1)).isZero();
    assertThat(report.path("duplicates").asLong(-1)).isZero();
    assertThat(report.path("p99_ms").asDouble()).isPositive();
    assertThat(report.path("hub").has("cpu_s")).isTrue();
    assertThat(report.path("generator_cpu_s").asDouble()).isPositive();
  }

  @Test
  void aHubThatAcknowledgesAndForgetsIsNot() throws Exception {
    hub.forgetful = true;

    assertThat(run(plan())).isFalse();

    JsonNode report = json.readTree(file.toFile());
    assertThat(report.path("lost").asLong())
        .isPositive()
        .isEqualTo(report.path("acknowledged").asLong());
    assertThat(report.path("stored").asLong(-1)).isZero();
  }

  @Test
  void whatABusyHubRefusesIsSentAgainAndCountedOnce() throws Exception {
    Fleet fleet = Fleet.ready(hub.client(), plan(), System.currentTimeMillis());
    hub.busy.set(2);
    try (HttpSender sender = new HttpSender(plan(), fleet, tally, new Offering())) {
      sender.send();
      assertThat(sender.pending()).isZero();
    }

    assertThat(tally.sentAgain.sum()).isEqualTo(20);
    assertThat(tally.acknowledged.sum()).isEqualTo(tally.offered.sum());
    assertThat(hub.rows).hasSize(3 * tally.offered.intValue());
  }

  @Test
  void whatIsFilledInOverHttpComesInRequestsOfItsOwn() throws Exception {
    LoadPlan plan = new Plans().hub(hub, home).rate(400).seconds(1).backfill(0.5).bad(1).plan();
    long start = System.currentTimeMillis();

    assertThat(run(plan)).isTrue();

    assertThat(hub.rows).anyMatch(row -> row.ts() < start - 3_600_000);
    assertThat(hub.rows).anyMatch(row -> row.ts() >= start);
    JsonNode report = json.readTree(file.toFile());
    assertThat(report.path("bad_offered").asLong())
        .isPositive()
        .isEqualTo(report.path("bad_settled").asLong());
  }

  @Test
  void devicesOverMqttAreAcknowledgedForWhatTheBrokerTook() throws Exception {
    try (RecordingBroker broker = new RecordingBroker(home.resolve("broker"))) {
      LoadPlan plan =
          new Plans()
              .hub(hub, home)
              .mqtt(broker.port)
              .devices(5)
              .rate(200)
              .seconds(1)
              .bad(0.1)
              .plan();
      Fleet fleet = Fleet.ready(hub.client(), plan, System.currentTimeMillis());
      try (MqttSender sender = new MqttSender(plan, fleet, tally, new Offering())) {
        sender.open();
        sender.send();
        assertThat(sender.pending()).isZero();
      }

      long good = tally.acknowledged.sum();
      assertThat(good).isPositive().isEqualTo(tally.offered.sum());
      assertThat(tally.badSettled.sum()).isPositive().isEqualTo(tally.badOffered.sum());
      assertThat(broker.received).hasSize((int) (good + tally.badSettled.sum()));
      assertThat(
              broker.received.stream()
                  .filter(one -> one.topic().equals("t/default/d/T-00002/telemetry"))
                  .filter(one -> one.payload().contains("\"seq\":"))
                  .map(one -> one.payload().replaceAll(".*\"seq\":(\\d+).*", "$1"))
                  .map(Integer::valueOf))
          .hasSize(fleet.devices().get(1).ledger().acknowledged())
          .doesNotHaveDuplicates();
    }
  }

  @Test
  void devicesAreRegisteredOnceAndTheirTokensKeptForTheOwnerAlone() throws Exception {
    Fleet.ready(hub.client(), plan(), 0);
    hub.calls.clear();

    Fleet again = Fleet.ready(hub.client(), plan(), 0);

    assertThat(hub.calls).noneMatch(call -> call.startsWith("POST"));
    assertThat(again.devices()).extracting(LoadDevice::token).containsOnly(HubStandIn.TOKEN);
    assertThat(again.gatewayToken()).isEqualTo(HubStandIn.TOKEN);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(home.resolve("load/T-tokens.json"))))
        .isEqualTo("rw-------");
  }

  @Test
  void aDeviceWhoseTokenIsGoneGetsANewOne() throws Exception {
    hub.devices.add("T-00002");

    Fleet fleet = Fleet.ready(hub.client(), plan(), 0);

    assertThat(fleet.devices())
        .extracting(LoadDevice::token)
        .containsExactly(HubStandIn.TOKEN, "renewed", HubStandIn.TOKEN);
    assertThat(hub.calls).contains("PATCH /devices/T-00002", "POST /devices/T-00002/token");
  }

  @Test
  void aHubThatIsNotThereIsToldWithTheWayOut() {
    LoadPlan nowhere = new Plans().hub(hub, home).plan();

    assertThatThrownBy(
            () -> Fleet.ready(new Hub(URI.create("http://127.0.0.1:1"), home), nowhere, 0))
        .isInstanceOf(IOException.class)
        .hasMessage("no hub answers at http://127.0.0.1:1; start one with ./hub run");
  }

  @Test
  void aReportIsNotCleanWithoutAnyAcknowledgement() {
    assertThat(report(10, 0, 0).isClean()).isTrue();
    assertThat(report(0, 0, 0).isClean()).isFalse();
    assertThat(report(10, 1, 0).isClean()).isFalse();
    assertThat(report(10, 0, 1).isClean()).isFalse();
  }

  @Test
  void theReportAsTextHasALineForEachOfTheCounts() {
    List<String> lines = report(1_234, 5, 6).text().lines().map(String::strip).toList();

    assertThat(lines)
        .anyMatch(line -> line.matches("acknowledged\\s+1,234 .*"))
        .anyMatch(line -> line.matches("lost\\s+5"))
        .anyMatch(
            line -> line.matches("duplicates\\s+6   rows, 4 of them stored under another time"))
        .anyMatch(line -> line.startsWith("latency      p50 1.0 ms   p95 2.0 ms   p99 3.0 ms"))
        .anyMatch(line -> line.matches("hub\\s+1\\.0 s CPU\\s+810\\.4 us a message .*"))
        .anyMatch(line -> line.matches("broker\\s+not measured: .*"));
  }

  @Test
  void aHubThatWasStartedAnewHasNoCpuSecondsToItsName() {
    assertThat(Report.Cost.between(20, 4, 500, 0)).isEqualTo(new Report.Cost(0, 0, 0));
    assertThat(Report.Cost.between(20, 24, 500, 510)).isEqualTo(new Report.Cost(4, 500, 510));
  }

  private static Report report(long acknowledged, long lost, long duplicates) {
    Report.Cost none = new Report.Cost(0, 0, 0);
    return new Report(
        "mqtt",
        3,
        100,
        10,
        3,
        acknowledged,
        0,
        acknowledged,
        acknowledged / 10.0,
        acknowledged * 3 / 10.0,
        acknowledged - lost,
        lost,
        duplicates,
        4,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        1,
        2,
        3,
        4,
        new Report.Cost(1, 100, 110),
        new Report.Cost(1, 100, 110),
        none,
        1);
  }

  private LoadPlan plan() {
    return new Plans().hub(hub, home).rate(200).seconds(1).plan();
  }

  private boolean run(LoadPlan plan) throws IOException, InterruptedException {
    PrintStream silent =
        new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    return new Load(plan, 0, 0, silent).run(file, new Offering());
  }
}
