package io.caravanhub.edge.uplink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.caravanhub.edge.StandInHub;
import io.caravanhub.edge.clock.MachineTime;
import io.caravanhub.edge.spool.Records;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.SpoolSettings;
import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway is killed in each of its phases, its line cut and its hub refusing now and then. {@code
 * -Dedge.kills=100} is the soak, a few minutes long.
 */
class GatewayKillTest {
  private static final int KILLS = Integer.getInteger("edge.kills", 3);
  private static final List<String> DEVICES = List.of("D0", "D1", "D2");
  private static final Duration LOADED_MACHINE = Duration.ofMinutes(3);

  @TempDir private Path folder;
  private final Random random = new Random(20261122);

  private Process start(Path spool, int port, Path numbers, long first) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin/java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xmx128m",
            "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp",
            System.getProperty("java.class.path"),
            KilledGateway.class.getName(),
            spool.toString(),
            Integer.toString(port),
            numbers.toString(),
            Long.toString(first))
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("gateway.txt").toFile())
        .start();
  }

  private static Set<Long> kept(Path numbers) throws IOException {
    if (!Files.exists(numbers)) {
      return new TreeSet<>();
    }
    try (Stream<String> lines = Files.lines(numbers)) {
      return lines
          .filter(line -> !line.isEmpty())
          .map(Long::parseLong)
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /** What a gateway is at when it is killed. */
  private enum Phase {
    /** The hub has a batch: its answer is on its way, or the deletion in the spool. */
    ANSWERED,
    /** The hub refuses, all stays in the spool. */
    REFUSED,
    /** It has only begun: the spool is opened, or is not yet. */
    STARTING,
    /** The hub is slow, batches are out. */
    WAITING,
    /** The line is cut. */
    CUT,
    /** All goes well. */
    SENDING
  }

  @Test
  void losesNothingAndSendsNothingTwiceOverKills() throws Exception {
    Path spool = folder.resolve("spool.db");
    Path numbers = folder.resolve("numbers.txt");
    long began = System.nanoTime();
    int copies = 0;
    try (StandInHub hub = new StandInHub(folder.resolve("hub")).startMqtt();
        TcpProxy link = new TcpProxy("127.0.0.1", hub.mqttPort())) {
      for (int kill = 0; kill < KILLS; kill++) {
        Phase phase = Phase.values()[kill % Phase.values().length];
        long before = Files.exists(numbers) ? Files.size(numbers) : 0;
        Process gateway = start(spool, link.port(), numbers, (kill + 1) * 1_000_000L);
        try {
          if (phase == Phase.STARTING) {
            TimeUnit.MILLISECONDS.sleep(300 + random.nextInt(1500));
          } else {
            awaitNumbers(gateway, numbers, before);
            reach(phase, gateway, hub, link);
          }
          if (phase != Phase.STARTING && phase != Phase.ANSWERED && (KILLS < 20 || kill % 5 == 1)) {
            copies++;
            looksIntoACopy(gateway, spool, numbers, hub, kill);
            TimeUnit.MILLISECONDS.sleep(random.nextInt(200));
          }
        } finally {
          gateway.destroyForcibly().waitFor();
        }
        hub.refuses = false;
        hub.slowMillis = 0;
        hub.taking = () -> {};
      }
      Set<Long> kept = kept(numbers);
      Process last = start(spool, link.port(), folder.resolve("more.txt"), 0);
      try {
        await()
            .atMost(LOADED_MACHINE)
            .untilAsserted(
                () -> {
                  Set<Long> missing = new TreeSet<>(kept);
                  DEVICES.forEach(d -> hub.numbers(d).forEach(missing::remove));
                  assertThat(missing).hasSize(0);
                });
      } finally {
        last.destroyForcibly().waitFor();
      }
      List<Long> all = DEVICES.stream().flatMap(d -> hub.numbers(d).stream()).toList();
      assertThat(all).as("nothing twice").doesNotHaveDuplicates();
      assertThat(hub.outOfOrder()).isEmpty();
      System.out.printf(
          "fault: gateway killed %d times in %d s, in each of %d phases: %d records kept, 0 missing"
              + " at the hub, 0 twice, 0 out of order; %d sent again and known; 0 missing in %d"
              + " copies of the spool%n",
          KILLS,
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began),
          Math.min(KILLS, Phase.values().length),
          kept.size(),
          hub.duplicates.get(),
          copies);
    }
  }

  private void awaitNumbers(Process gateway, Path numbers, long before) throws IOException {
    await()
        .atMost(LOADED_MACHINE)
        .until(() -> !gateway.isAlive() || Files.exists(numbers) && Files.size(numbers) > before);
    assertThat(gateway.isAlive()).as(Files.readString(folder.resolve("gateway.txt"))).isTrue();
  }

  private void reach(Phase phase, Process gateway, StandInHub hub, TcpProxy link) throws Exception {
    int batches = hub.batches.get();
    int refusals = hub.refusals.get();
    switch (phase) {
      case ANSWERED -> {
        int micros = random.nextInt(6) * 1000;
        hub.taking =
            () -> {
              // Sometimes before the answer goes out, sometimes shortly after.
              if (micros == 0) {
                gateway.destroyForcibly();
              }
            };
        await().atMost(LOADED_MACHINE).until(() -> hub.batches.get() > batches);
        TimeUnit.MICROSECONDS.sleep(micros);
      }
      case REFUSED -> {
        hub.refuses = true;
        await().atMost(LOADED_MACHINE).until(() -> hub.refusals.get() > refusals);
      }
      case WAITING -> {
        hub.slowMillis = 100;
        await().atMost(LOADED_MACHINE).until(() -> hub.batches.get() > batches);
      }
      case CUT -> {
        await().atMost(LOADED_MACHINE).until(() -> hub.batches.get() > batches);
        link.cut();
        TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
      }
      default -> {
        await().atMost(LOADED_MACHINE).until(() -> hub.batches.get() > batches);
        TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
      }
    }
  }

  /**
   * A power cut leaves the files as they are at one moment: with the gateway stopped, they are
   * copied. What had been acknowledged then is in the copy or at the hub.
   */
  private void looksIntoACopy(Process gateway, Path spool, Path numbers, StandInHub hub, int kill)
      throws Exception {
    Path copy = Files.createDirectories(folder.resolve("copy-" + kill)).resolve("spool.db");
    signal(gateway, "STOP");
    Set<Long> kept = kept(numbers);
    for (String part : List.of("", "-wal")) {
      if (Files.exists(Path.of(spool + part))) {
        Files.copy(Path.of(spool + part), Path.of(copy + part));
      }
    }
    signal(gateway, "CONT");
    DEVICES.forEach(device -> hub.numbers(device).forEach(kept::remove));
    try (Spool opened = new Spool(SpoolSettings.at(copy), new MachineTime())) {
      assertThat(opened.status().corrupt()).isZero();
      for (boolean events : List.of(true, false)) {
        opened
            .read(events, 0, Long.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE)
            .records()
            .forEach(record -> kept.remove(Records.number(record)));
      }
    }
    assertThat(kept).as("acknowledged, and neither in the copy nor at the hub").isEmpty();
  }

  private static void signal(Process process, String name) throws Exception {
    new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
  }
}
