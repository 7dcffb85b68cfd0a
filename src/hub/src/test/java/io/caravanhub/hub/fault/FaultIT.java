package io.caravanhub.hub.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What the hub acknowledges is stored, once, whatever process or connection fails meanwhile. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FaultIT {
  private static final int KILLS = Integer.getInteger("fault.kills", 2);
  private static final int CUTS = Integer.getInteger("fault.cuts", 2);
  private static final int DATABASES = Integer.getInteger("fault.databases", 1);

  private HubUnderLoad under;
  private HubProcess hub;

  @BeforeAll
  void start(@TempDir(cleanup = CleanupMode.ON_SUCCESS) Path folder) throws IOException {
    under = new HubUnderLoad(folder, "hub", folder.resolve("home"), Map.of());
    hub = under.hub;
  }

  @AfterEach
  void endLoads() {
    under.endLoads();
  }

  @AfterAll
  void end() {
    if (under != null) {
      under.close();
    }
  }

  @Test
  void a_hub_that_is_killed_again_and_again_has_lost_and_doubled_nothing() throws Exception {
    under.load("KILL");
    for (int kill = 0; kill < KILLS; kill++) {
      under.awaitMore(50 + 37 * kill % 200);
      hub.kill();
      hub.start();
    }
    under.awaitMore(100);
    under.assertNothingLostOrDoubled(KILLS + " kills of the hub");
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
    under.load("CRASH");
    for (int crash = 0; crash < DATABASES; crash++) {
      under.awaitMore(200);
      hub.backend().destroyForcibly();
    }
    under.awaitMore(200);
    under.assertNothingLostOrDoubled(DATABASES + " crashes of PostgreSQL");
  }

  @Test
  void a_database_that_is_killed_is_started_again_by_the_hub() throws Exception {
    under.load("DB");
    for (int kill = 0; kill < DATABASES; kill++) {
      under.awaitMore(200);
      ProcessHandle killed = hub.postmaster();
      killed.destroyForcibly();
      await().until(() -> !killed.isAlive());
    }
    under.awaitMore(200);
    under.assertNothingLostOrDoubled(DATABASES + " kills of PostgreSQL");
    assertThat(hub.screen()).contains("PostgreSQL was started again");
  }

  @Test
  void connections_that_are_cut_lose_nothing() throws Exception {
    try (TcpProxy http = new TcpProxy("127.0.0.1", hub.httpPort);
        TcpProxy mqtt = new TcpProxy("127.0.0.1", hub.mqttPort)) {
      under.load("CUT", http.port(), mqtt.port());
      for (int cut = 0; cut < CUTS; cut++) {
        under.awaitMore(50 + 37 * cut % 200);
        mqtt.cut();
        http.cut();
      }
      under.awaitMore(100);
      under.assertNothingLostOrDoubled(CUTS + " cuts of every connection");
    }
  }
}
