package io.caravanhub.hub.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the hub acknowledges is stored, once, whatever is taken from it meanwhile. {@code ./hub
 * load} sends by MQTT and HTTP at once, sends again what was not acknowledged, and compares at the
 * end what it was promised with what is stored.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultIT {
  private static final int KILLS = Integer.getInteger("fault.kills", 2);
  private static final int CUTS = Integer.getInteger("fault.cuts", 2);
  private static final int DATABASES = Integer.getInteger("fault.databases", 1);

  private final List<HubProcess> hubs = new ArrayList<>();
  private final List<LoadProcess> loads = new ArrayList<>();
  private Path folder;
  private HubProcess hub;
  private HubProcess under;

  @BeforeAll
  void start(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path temporary) throws IOException {
    folder = temporary;
    hub = hub("hub", folder.resolve("home"), Map.of());
  }

  @AfterEach
  void endLoads() {
    loads.forEach(LoadProcess::kill);
    loads.clear();
  }

  @AfterAll
  void endHubs() {
    hubs.forEach(HubProcess::end);
  }

  @Test
  void a_hub_that_is_killed_again_and_again_has_lost_and_doubled_nothing() throws Exception {
    startLoads("KILL", hub, hub.httpPort, hub.mqttPort);
    for (int kill = 0; kill < KILLS; kill++) {
      awaitMore(50 + 37 * kill % 200);
      hub.kill();
      hub.start();
    }
    awaitMore(100);
    assertNothingLostOrDoubled(hub, KILLS + " kills of the hub");
  }

  @Test
  void a_hub_that_is_killed_amid_the_chunks_of_a_message_stores_the_message_once()
      throws Exception {
    ChunkingGateway gateway = new ChunkingGateway(hub);
    int chunks = 4;
    gateway.send(List.of(ChunkingGateway.chunk("m", 1, chunks), ChunkingGateway.chunk("m", 3, 4)));
    gateway.sendAndKill(ChunkingGateway.chunk("m", 2, chunks), 0);
    hub.start();
    gateway.send(List.of(ChunkingGateway.chunk("m", 2, chunks)));
    gateway.sendAndKill(ChunkingGateway.chunk("m", 4, chunks), 30);
    hub.start();
    // Nobody acknowledged it, so the gateway sends it again.
    gateway.send(List.of(ChunkingGateway.chunk("m", 4, chunks)));

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(gateway.rows("m", chunks)).hasSize(12).containsOnly(1));
    assertThat(gateway.letters()).isZero();
  }

  @Test
  void a_database_that_crashes_recovers_and_the_hub_goes_on() throws Exception {
    startLoads("CRASH", hub, hub.httpPort, hub.mqttPort);
    for (int crash = 0; crash < DATABASES; crash++) {
      awaitMore(200);
      hub.backend().destroyForcibly();
    }
    awaitMore(200);
    assertNothingLostOrDoubled(hub, DATABASES + " crashes of PostgreSQL");
  }

  @Test
  void a_database_that_is_killed_is_started_again_by_the_hub() throws Exception {
    startLoads("DB", hub, hub.httpPort, hub.mqttPort);
    for (int kill = 0; kill < DATABASES; kill++) {
      awaitMore(200);
      ProcessHandle killed = hub.postmaster();
      killed.destroyForcibly();
      await().until(() -> !killed.isAlive());
    }
    awaitMore(200);
    assertNothingLostOrDoubled(hub, DATABASES + " kills of PostgreSQL");
    assertThat(hub.screen()).contains("PostgreSQL was started again");
  }

  @Test
  void connections_that_are_cut_lose_nothing() throws Exception {
    try (TcpProxy http = new TcpProxy("127.0.0.1", hub.httpPort);
        TcpProxy mqtt = new TcpProxy("127.0.0.1", hub.mqttPort)) {
      startLoads("CUT", hub, http.port(), mqtt.port());
      for (int cut = 0; cut < CUTS; cut++) {
        awaitMore(50 + 37 * cut % 200);
        mqtt.cut();
        http.cut();
      }
      awaitMore(100);
      assertNothingLostOrDoubled(hub, CUTS + " cuts of every connection");
    }
  }

  @Test
  void a_full_disk_stops_acknowledgements_and_nothing_else() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"))) {
      HubProcess small = hub("small", disk.folder().resolve("home"), Map.of());
      try {
        startLoads("DISK", small, small.httpPort, small.mqttPort);
        awaitMore(200);
        disk.fill();
        await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> small.screen().contains("The disk of " + small.home() + " is full"));
        awaitStandstill(disk);
        disk.free();
        awaitMore(200);
        assertNothingLostOrDoubled(small, "a full disk");
        assertThat(small.screen()).contains("has room again");
      } finally {
        endLoads();
        small.end();
      }
    }
  }

  @Test
  void a_clock_that_is_set_back_an_hour_changes_nothing() throws Exception {
    Path library = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
    assumeThat(library).as("faketime (Debian's package) is not installed").exists();
    Path offset = Files.writeString(folder.resolve("clock"), "+0\n");
    HubProcess shifted =
        hub(
            "shifted",
            folder.resolve("shifted"),
            Map.of(
                "LD_PRELOAD", library.toString(),
                "FAKETIME_TIMESTAMP_FILE", offset.toString(),
                "FAKETIME_CACHE_DURATION", "1",
                "FAKETIME_DONT_FAKE_MONOTONIC", "1",
                // Else every timed wait of the JVM returns at once, and it does nothing but wait.
                "FAKETIME_FORCE_MONOTONIC_FIX", "0",
                // The devices' clocks are right, and thus an hour ahead of the hub's.
                "HUB_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Dhub.telemetry.future=PT2H"));
    startLoads("CLOCK", shifted, shifted.httpPort, shifted.mqttPort);
    awaitMore(300);
    Files.writeString(offset, "-3600\n");
    awaitMore(1_000);
    shifted.kill();
    shifted.start();
    awaitMore(300);
    Files.writeString(offset, "+0\n");
    awaitMore(300);
    assertNothingLostOrDoubled(shifted, "a clock set back an hour and forth again");
  }

  private HubProcess hub(String name, Path home, Map<String, String> environment)
      throws IOException {
    HubProcess started = new HubProcess(home, folder.resolve(name + ".txt"), environment);
    hubs.add(started);
    started.start();
    return started;
  }

  private void startLoads(String name, HubProcess on, int httpPort, int mqttPort)
      throws IOException {
    if (!on.isAlive()) {
      on.start();
    }
    under = on;
    loads.add(LoadProcess.mqtt(folder, name + "-MQTT", on.home(), httpPort, mqttPort));
    loads.add(LoadProcess.http(folder, name + "-HTTP", on.home(), httpPort, mqttPort));
    awaitMore(1);
  }

  private void awaitMore(long messages) throws IOException {
    long[] wanted = new long[loads.size()];
    for (int i = 0; i < wanted.length; i++) {
      wanted[i] = loads.get(i).acknowledged() + messages;
    }
    for (int i = 0; i < wanted.length; i++) {
      LoadProcess load = loads.get(i);
      long acknowledged = wanted[i];
      await()
          .atMost(Duration.ofMinutes(1))
          .pollInterval(Duration.ofMillis(50))
          .until(() -> !load.isAlive() || !under.isAlive() || load.acknowledged() >= acknowledged);
      load.assertAlive();
      under.assertAlive();
    }
  }

  /** Waits until nothing has been acknowledged for a while, though there is no room at all. */
  private void awaitStandstill(SmallDisk disk) {
    AtomicLong before = new AtomicLong(-1);
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofSeconds(3))
        .until(
            () -> {
              disk.fill();
              long now = acknowledged();
              return before.getAndSet(now) == now;
            });
  }

  private long acknowledged() throws IOException {
    long sum = 0;
    for (LoadProcess load : loads) {
      sum += load.acknowledged();
    }
    return sum;
  }

  private void assertNothingLostOrDoubled(HubProcess of, String fault) throws Exception {
    for (LoadProcess load : loads) {
      JsonNode report = load.end();
      System.out.printf(
          "fault: %s: %s: %d acknowledged, %d lost, %d twice, %d sent again, %d reconnects%n",
          fault,
          report.path("way").asText(),
          report.path("acknowledged").asLong(),
          report.path("lost").asLong(),
          report.path("duplicates").asLong(),
          report.path("sent_again").asLong(),
          report.path("reconnects").asLong());
      assertThat(report.path("acknowledged").asLong()).isPositive();
      for (String none : List.of("lost", "duplicates", "pending", "refused")) {
        assertThat(report.path(none).asLong(-1)).as(none + " of " + report).isZero();
      }
    }
    assertThat(of.isUp()).isTrue();
  }
}
