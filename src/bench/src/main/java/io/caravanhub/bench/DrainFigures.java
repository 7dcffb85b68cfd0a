package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.bench.peer.Spawned;
import io.caravanhub.edge.clock.MachineTime;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.SpoolSettings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * How fast the spool of a gateway that was offline drains into the hub, and whether all of it
 * arrives once and in order. The gateway is a process of its own with the settings of its package;
 * the time runs from its start to the note of the last record in the hub's database.
 */
final class DrainFigures {
  private static final int ROWS_OF_LIMIT = 1_000_000;

  /** The hub notes a batch before it answers, and the gateway deletes after that. */
  private static final int DELETING_SECONDS = 3;

  private static final Duration STALLED = Duration.ofMinutes(3);

  private final HubUnderTest hub;
  private final Path root;
  private final Path folder;
  private final Figures figures;

  /**
   * How much of it.
   *
   * @param hours of outage
   * @param tags read each second, of all devices together
   * @param devices between which they are divided
   */
  record Size(double hours, int tags, int devices, int rounds) {}

  DrainFigures(HubUnderTest hub, Path root, Path folder, Figures figures) {
    this.hub = hub;
    this.root = root;
    this.folder = folder;
    this.figures = figures;
  }

  /** One drain. */
  private record Drained(
      Outage outage,
      Outage.Filled filled,
      double seconds,
      Map<String, Double> cpu,
      double gatewayMegabytes,
      long left,
      DrainedRows rows) {
    double rate() {
      return outage.readings() / seconds;
    }

    double micros(String process) {
      return cpu.getOrDefault(process, 0.0) * 1e6 / outage.readings();
    }
  }

  void run(Size size) throws Exception {
    List<Drained> rounds = new ArrayList<>();
    List<Double> overCopy = new ArrayList<>();
    List<Double> bare = new ArrayList<>();
    try (Connection owner = hub.database();
        Connection copying = hub.database()) {
      BareCopy limit = new BareCopy(copying);
      for (int round = 0; round < size.rounds(); round++) {
        double before = limit.rowsPerSecond(ROWS_OF_LIMIT);
        Drained drained = drain(owner, size);
        double copy = (before + limit.rowsPerSecond(ROWS_OF_LIMIT)) / 2;
        rounds.add(drained);
        bare.add(copy);
        overCopy.add(drained.rate() / copy);
        say(drained);
      }
    }
    Drained one = rounds.get(0);
    String what =
        String.format(
            Locale.ROOT,
            "%.2f h offline at %d tags/s of %d devices: ",
            size.hours(),
            size.tags(),
            size.devices());
    median(what + "disk a reading", "bytes", rounds, d -> d.filled.bytes() / readings(d));
    median(what + "filled", "readings/s", rounds, d -> readings(d) / seconds(d.filled.took()));
    median(what + "drained", "readings/s", rounds, Drained::rate);
    median(what + "over real time", "", rounds, d -> d.rate() / size.tags());
    figures.median("bare binary COPY into telemetry", "rows/s", bare);
    figures.median("drained over bare COPY", "", overCopy);
    for (String process : one.cpu.keySet()) {
      median("CPU of the " + process + " a reading", "us", rounds, d -> d.micros(process));
    }
    median("memory of the gateway at the end (anonymous)", "MB", rounds, d -> d.gatewayMegabytes);
    figures.line(
        "order errors, lost, twice, wrong, dead letters, left in the spool",
        sum(rounds, d -> d.rows.disorder())
            + ", "
            + sum(rounds, d -> d.rows.lost())
            + ", "
            + sum(rounds, d -> d.rows.twice())
            + ", "
            + sum(rounds, d -> d.rows.wrong())
            + ", "
            + sum(rounds, d -> d.rows.dead())
            + ", "
            + sum(rounds, Drained::left),
        String.format(Locale.ROOT, "of %,d readings", sum(rounds, d -> d.outage.readings())));
  }

  private Drained drain(Connection owner, Size size) throws Exception {
    String name = "GW-" + UUID.randomUUID().toString().substring(0, 8);
    JsonNode gateway = hub.call("POST", "/gateways", "{\"serial\": \"" + name + "\"}");
    Outage outage =
        new Outage(
            name,
            Instant.now().truncatedTo(ChronoUnit.SECONDS).minusSeconds(seconds(size) + 60),
            seconds(size),
            size.devices(),
            size.tags() / size.devices());
    for (int device = 0; device < size.devices(); device++) {
      hub.call("POST", "/devices", device(outage.device(device), gateway.path("id").asText()));
    }
    Path home = Files.createDirectories(folder.resolve(name));
    Path spool = home.resolve("spool.db");
    Outage.Filled filled = outage.fill(spool);
    figures.say(
        "  filled %,d readings in %s, %,d MB on disk",
        outage.readings(), filled.took(), filled.bytes() >> 20);
    Path config = settings(home, name, gateway.path("token").asText());
    UUID id = UUID.fromString(gateway.path("id").asText());
    Cost hubBefore = Cost.alone(hub.pid());
    Cost databaseBefore = Cost.family(hub.databasePid());
    long start = System.nanoTime();
    double seconds;
    Cost gatewayAfter;
    try (Spawned process =
        Spawned.start(
            home,
            "gateway",
            Map.of("HUB_SKIP_BUILD", "1"),
            List.of(root.resolve("hub").toString(), "edge", "--config", config.toString()))) {
      await(owner, id, outage.messages(), process);
      seconds = (System.nanoTime() - start) / 1e9;
      gatewayAfter = Cost.alone(process.pid());
      TimeUnit.SECONDS.sleep(DELETING_SECONDS);
    }
    Map<String, Double> cpu = new java.util.LinkedHashMap<>();
    cpu.put("hub", Cost.alone(hub.pid()).cpuSeconds() - hubBefore.cpuSeconds());
    cpu.put("database", Cost.family(hub.databasePid()).cpuSeconds() - databaseBefore.cpuSeconds());
    cpu.put("gateway", gatewayAfter.cpuSeconds());
    DrainedRows rows = DrainedRows.of(owner, outage);
    long left = left(spool);
    if (rows.isWhole() && left == 0) {
      Files.deleteIfExists(spool);
    }
    return new Drained(outage, filled, seconds, cpu, gatewayAfter.megabytes(), left, rows);
  }

  private static String device(String serial, String gateway) {
    return """
        {"device_serial": "%s", "device_type": "sensor", "connection_type": "gateway", "gateway_id": "%s"}\
        """
        .formatted(serial, gateway);
  }

  private Path settings(Path home, String name, String token) throws IOException {
    Path file = home.resolve("edge.yaml");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    return Files.writeString(
        file,
        """
        gateway: %s
        hub:
          url: tcp://127.0.0.1:%d
          token: %s
        spool:
          file: spool.db
          maxBytes: 16GiB
        """
            .formatted(name, hub.mqttPort(), token));
  }

  private void await(Connection owner, UUID gateway, long records, Spawned process)
      throws SQLException, IOException, InterruptedException {
    long taken = 0;
    long moved = System.nanoTime();
    while (taken < records) {
      TimeUnit.MILLISECONDS.sleep(200);
      long now = DrainedRows.taken(owner, gateway);
      if (now > taken) {
        taken = now;
        moved = System.nanoTime();
      } else if (!process.isAlive() || System.nanoTime() - moved > STALLED.toNanos()) {
        throw new IOException("the gateway does not drain; see gateway.log in " + folder);
      }
    }
  }

  private static long left(Path file) {
    try (Spool spool = new Spool(SpoolSettings.at(file), new MachineTime())) {
      return spool.status().records();
    }
  }

  private void say(Drained drained) {
    figures.say(
        "  drained %,d readings in %.1f s: %,.0f readings/s, load %.1f; %s, left %d",
        drained.outage.readings(),
        drained.seconds,
        drained.rate(),
        ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage(),
        drained.rows,
        drained.left);
  }

  private void median(
      String what,
      String unit,
      List<Drained> rounds,
      java.util.function.ToDoubleFunction<Drained> value) {
    figures.median(what, unit, rounds.stream().mapToDouble(value).boxed().toList());
  }

  private static long sum(List<Drained> rounds, java.util.function.ToLongFunction<Drained> value) {
    return rounds.stream().mapToLong(value).sum();
  }

  private static long seconds(Size size) {
    return Math.round(size.hours() * 3_600);
  }

  private static double seconds(Duration took) {
    return took.toNanos() / 1e9;
  }

  private static double readings(Drained drained) {
    return drained.outage.readings();
  }
}
