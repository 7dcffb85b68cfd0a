package io.caravanhub.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * What Kafka between the stages costs: CPU of a hub a message, over that of a hub with all in one
 * process, both running at once and loaded in turn, the brokers not counted; and the time from a
 * reading's publish to its work order.
 */
final class KafkaFigures {
  private static final int RATE = 3_000;

  /** Of a message of the load. */
  private static final int ROWS = 3;

  /** What is acknowledged may still be on its way to the store. */
  private static final int DRAIN_SECONDS = 5;

  private final Path root;
  private final Path folder;
  private final String brokers;
  private final Figures figures;

  KafkaFigures(Path root, Path folder, String brokers, Figures figures) {
    this.root = root;
    this.folder = folder;
    this.brokers = brokers;
    this.figures = figures;
  }

  void run(int rounds, int seconds, int orders) throws Exception {
    cpu(rounds, seconds);
    new FsmFigures(root, folder, figures)
        .run(
            new FsmFigures.Size(RATE, orders, rounds, seconds),
            "through Kafka",
            Map.of("HUB_KAFKA", brokers));
  }

  private void cpu(int rounds, int seconds) throws IOException, InterruptedException {
    List<Double> alone = new ArrayList<>();
    List<Double> kafka = new ArrayList<>();
    List<Double> ratio = new ArrayList<>();
    List<Double> lost = new ArrayList<>();
    try (HubUnderTest embedded = hub("embedded", Map.of());
        HubUnderTest staged = hub("kafka", Map.of("HUB_KAFKA", brokers))) {
      micros(embedded, 2 * seconds, new ArrayList<>());
      micros(staged, 2 * seconds, new ArrayList<>());
      for (int round = 0; round < rounds; round++) {
        double one = micros(embedded, seconds, lost);
        double other = micros(staged, seconds, lost);
        alone.add(one);
        kafka.add(other);
        ratio.add(other / one);
      }
    }
    figures.median(
        "CPU of the hub a message at " + RATE + " messages/s, in one process", "us", alone);
    figures.median(
        "CPU of the hub a message at " + RATE + " messages/s, through Kafka", "us", kafka);
    figures.median("through Kafka over in one process", "", ratio);
    figures.median("messages acknowledged and not stored", "", lost);
  }

  private HubUnderTest hub(String name, Map<String, String> more)
      throws IOException, InterruptedException {
    return new HubUnderTest(
        root, folder.resolve("home-" + name + "-" + ProcessHandle.current().pid()), more);
  }

  private static double micros(HubUnderTest hub, int seconds, List<Double> lost)
      throws IOException, InterruptedException {
    long rows = rows(hub);
    Cost before = Cost.alone(hub.pid());
    JsonNode report =
        hub.load(
            "--rate",
            Integer.toString(RATE),
            "--devices",
            "500",
            "--seconds",
            Integer.toString(seconds),
            "--no-compare");
    TimeUnit.SECONDS.sleep(DRAIN_SECONDS);
    Cost after = Cost.alone(hub.pid());
    double acknowledged = report.path("acknowledged").asDouble();
    lost.add(acknowledged - (rows(hub) - rows) / (double) ROWS);
    return (after.cpuSeconds() - before.cpuSeconds()) * 1e6 / acknowledged;
  }

  private static long rows(HubUnderTest hub) throws IOException {
    try (Connection connection = hub.database();
        Statement statement = connection.createStatement();
        ResultSet count = statement.executeQuery("select count(*) from telemetry")) {
      count.next();
      return count.getLong(1);
    } catch (SQLException e) {
      throw new IOException(e);
    }
  }
}
