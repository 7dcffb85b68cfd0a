package io.caravanhub.hub.fault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A hub of its own, and {@code ./hub load} that sends to it by MQTT and HTTP at once, sends again
 * what was not acknowledged, and compares at the end what it was promised with what is stored.
 */
final class HubUnderLoad implements AutoCloseable {
  final HubProcess hub;
  private final Path folder;
  private final List<LoadProcess> loads = new ArrayList<>();

  /** Starts the hub. */
  HubUnderLoad(Path folder, String name, Path home, Map<String, String> environment)
      throws IOException {
    this.folder = folder;
    this.hub = new HubProcess(home, folder.resolve(name + ".txt"), environment);
    try {
      hub.start();
    } catch (IOException | RuntimeException | Error e) {
      hub.end();
      throw e;
    }
  }

  /** Begins to send, and returns once something of it is acknowledged. */
  void load(String name) throws IOException {
    load(name, hub.httpPort, hub.mqttPort);
  }

  /** The same through other ports. */
  void load(String name, int httpPort, int mqttPort) throws IOException {
    if (!hub.isAlive()) {
      hub.start();
    }
    loads.add(LoadProcess.mqtt(folder, name + "-MQTT", hub.home(), httpPort, mqttPort));
    loads.add(LoadProcess.http(folder, name + "-HTTP", hub.home(), httpPort, mqttPort));
    awaitMore(1);
  }

  /** Waits for so many more acknowledgements each way. */
  void awaitMore(long messages) throws IOException {
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
          .until(() -> !load.isAlive() || !hub.isAlive() || load.acknowledged() >= acknowledged);
      load.assertAlive();
      hub.assertAlive();
    }
  }

  long acknowledged() throws IOException {
    long sum = 0;
    for (LoadProcess load : loads) {
      sum += load.acknowledged();
    }
    return sum;
  }

  void assertNothingLostOrDoubled(String fault) throws Exception {
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
    assertThat(hub.isUp()).isTrue();
  }

  void endLoads() {
    loads.forEach(LoadProcess::kill);
    loads.clear();
  }

  @Override
  public void close() {
    endLoads();
    hub.end();
  }
}
