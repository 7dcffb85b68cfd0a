package io.caravanhub.hub.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** What the hub acknowledges is stored, once, whatever its machine's disk and clock do. */
class MachineFaultIT {
  @TempDir(cleanup = CleanupMode.ON_SUCCESS)
  Path folder;

  @Test
  void a_full_disk_stops_acknowledgements_and_nothing_else() throws Exception {
    try (SmallDisk disk = SmallDisk.mount(folder.resolve("disk"));
        HubUnderLoad small =
            new HubUnderLoad(folder, "small", disk.folder().resolve("home"), Map.of())) {
      small.load("DISK");
      small.awaitMore(200);
      disk.fill();
      await()
          .atMost(Duration.ofMinutes(1))
          .until(() -> small.hub.screen().contains("The disk of " + small.hub.home() + " is full"));
      awaitStandstill(small, disk);
      disk.free();
      small.awaitMore(200);
      small.assertNothingLostOrDoubled("a full disk");
      assertThat(small.hub.screen()).contains("has room again");
    }
  }

  /** Waits until nothing has been acknowledged for a while, though there is no room at all. */
  private static void awaitStandstill(HubUnderLoad small, SmallDisk disk) {
    AtomicLong before = new AtomicLong(-1);
    await()
        .atMost(Duration.ofMinutes(1))
        .pollInterval(Duration.ofSeconds(3))
        .until(
            () -> {
              disk.fill();
              long now = small.acknowledged();
              return before.getAndSet(now) == now;
            });
  }

  @Test
  void a_clock_that_is_set_back_an_hour_changes_nothing() throws Exception {
    Path library = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");
    assumeThat(library).as("faketime (Debian's package) is not installed").exists();
    Path offset = Files.writeString(folder.resolve("clock"), "+0\n");
    Map<String, String> environment =
        Map.of(
            "LD_PRELOAD", library.toString(),
            "FAKETIME_TIMESTAMP_FILE", offset.toString(),
            "FAKETIME_CACHE_DURATION", "1",
            "FAKETIME_DONT_FAKE_MONOTONIC", "1",
            // Else every timed wait of the JVM returns at once, and it does nothing but wait.
            "FAKETIME_FORCE_MONOTONIC_FIX", "0",
            // The devices' clocks are right, and thus an hour ahead of the hub's.
            "HUB_JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Dhub.telemetry.future=PT2H");
    try (HubUnderLoad shifted =
        new HubUnderLoad(folder, "shifted", folder.resolve("shifted"), environment)) {
      shifted.load("CLOCK");
      shifted.awaitMore(300);
      Files.writeString(offset, "-3600\n");
      shifted.awaitMore(1_000);
      shifted.hub.kill();
      shifted.hub.start();
      shifted.awaitMore(300);
      Files.writeString(offset, "+0\n");
      shifted.awaitMore(300);
      shifted.assertNothingLostOrDoubled("a clock set back an hour and forth again");
    }
  }
}
