package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Polls of many connections, at the intervals that they really have. */
final class PollFigures {
  private static final int ROOMS = 5;
  private static final int LOOK_SECONDS = 5;

  private final HubUnderTest hub;
  private final StubCloud cloud;
  private final Figures figures;

  PollFigures(HubUnderTest hub, StubCloud cloud, Figures figures) {
    this.hub = hub;
    this.cloud = cloud;
    this.figures = figures;
  }

  private JsonNode connect(String name, int rooms, boolean enabled)
      throws IOException, InterruptedException {
    return hub.call(
        "POST",
        "/connections",
        "{\"oem\":\"tarn\",\"name\":\"%s\",\"enabled\":%s,\"settings\":{\"api_key\":\"key-%s\",\"base_url\":\"%s\"}}"
            .formatted(name, enabled, name, cloud.address(name, rooms)));
  }

  /** From the enabling of the connection until the last device is in the registry. */
  void inventory(int devices) throws Exception {
    String id = ConnectorFigures.id(connect("inventory", devices, false));
    long began = System.nanoTime();
    hub.call("POST", "/connections/" + id + "/enable", "{}");
    ConnectorFigures.until(() -> known(id) >= devices);
    double seconds = (System.nanoTime() - began) / 1e9;
    figures.line(
        "an inventory of " + devices + " devices in one answer, new ones",
        String.format(Locale.ROOT, "%.1f s", seconds),
        String.format(Locale.ROOT, "one round, %.0f devices/s, readings of all included", devices / seconds));
    hub.call("POST", "/connections/" + id + "/pause", "{}");
  }

  private int known(String id) throws IOException, InterruptedException {
    return hub.call("GET", "/connections/" + id, "").path("known_devices").asInt();
  }

  /** Connections spread over their interval of five minutes; how late each poll was at the cloud. */
  void schedule(int connections, int seconds) throws Exception {
    for (int i = 0; i < connections; i++) {
      connect("c" + i, ROOMS, false);
    }
    try (Connection database = hub.database();
        Statement statement = database.createStatement()) {
      statement.execute(
          "update connections set state = 'enabled', next_poll_at = now() + random() * interval '5 minutes'"
              + " where name like 'c%' and oem = 'tarn'");
      // Whatever the first poll of each registers is not part of it.
      figures.say("  %d connections make their first poll, five minutes", connections);
      TimeUnit.SECONDS.sleep(Duration.ofMinutes(5).toSeconds() + 10);
      measure(database, connections, seconds);
    }
  }

  private void measure(Connection database, int connections, int seconds)
      throws SQLException, InterruptedException, IOException {
    Map<String, NavigableMap<Instant, Instant>> plans = new HashMap<>();
    Instant began = Instant.now();
    Cost hubBefore = Cost.alone(hub.pid());
    Cost databaseBefore = Cost.family(hub.databasePid());
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() < end) {
      note(database, plans);
      TimeUnit.SECONDS.sleep(LOOK_SECONDS);
    }
    Cost hubAfter = Cost.alone(hub.pid());
    Cost databaseAfter = Cost.family(hub.databasePid());
    List<Double> late = new ArrayList<>();
    Set<String> asked = new HashSet<>();
    for (StubCloud.Call call : cloud.calls()) {
      NavigableMap<Instant, Instant> plan = plans.get(call.account());
      if (plan == null || call.at().isBefore(began)) {
        continue;
      }
      asked.add(call.account());
      Map.Entry<Instant, Instant> known = plan.floorEntry(call.at());
      if (known != null) {
        late.add((double) Duration.between(known.getValue(), call.at()).toMillis());
      }
    }
    figures.line(
        connections + " connections every 5 min: a poll at the cloud after it was due",
        String.format(
            Locale.ROOT,
            "p50 %.0f ms, p99 %.0f ms",
            ConnectorFigures.percentile(late, 0.5),
            ConnectorFigures.percentile(late, 0.99)),
        String.format(
            Locale.ROOT,
            "%d polls of %d connections in %d s, latest %.0f ms",
            late.size(),
            asked.size(),
            seconds,
            ConnectorFigures.percentile(late, 1)));
    figures.line(
        "CPU of hub and database meanwhile",
        String.format(
            Locale.ROOT,
            "%.2f and %.2f of a core",
            hubAfter.coresSince(hubBefore),
            databaseAfter.coresSince(databaseBefore)),
        "one round");
    figures.line(
        "memory of hub and database (anonymous) at the end",
        String.format(
            Locale.ROOT, "%.0f and %.0f MB", hubAfter.megabytes(), databaseAfter.megabytes()),
        "one round");
  }

  /** When each connection is due, as the hub has it now. */
  private static void note(
      Connection database, Map<String, NavigableMap<Instant, Instant>> plans) throws SQLException {
    try (PreparedStatement due =
            database.prepareStatement(
                "select name, next_poll_at from connections where oem = 'tarn' and name like 'c%'");
        ResultSet rows = due.executeQuery()) {
      Instant now = Instant.now();
      while (rows.next()) {
        plans
            .computeIfAbsent(rows.getString(1), name -> new TreeMap<>())
            .put(now, rows.getTimestamp(2).toInstant());
      }
    }
  }
}
