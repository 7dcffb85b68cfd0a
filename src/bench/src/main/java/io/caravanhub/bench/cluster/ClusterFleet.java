package io.caravanhub.bench.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The devices: half by MQTT at the first hub's broker, half at the others' (all at Mosquitto where
 * no hub has its own), and every tenth by HTTP at any hub that takes it. Every tenth has problems,
 * each of which is to become one work order; half of them have to last for some time until then.
 * Not thread-safe, but for its counts.
 */
final class ClusterFleet implements AutoCloseable {
  private static final String TYPE = "cluster_probe";
  private static final int WAYS = 2;
  private static final int TENTH = 10;
  private static final int SECONDS_A_PROBLEM = 20;

  private final List<ClusterDevice> devices = new ArrayList<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "device");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * How much they say.
   *
   * @param rate messages a second of all together
   * @param problems of each device that has any, at most
   */
  record Size(int devices, int rate, int problems) {}

  /** Registers the devices and the rules for their problems. */
  ClusterFleet(Cluster cluster, Size size) throws IOException, InterruptedException {
    ClusterHub hub = cluster.api();
    for (int n = 0; n < size.problems(); n++) {
      hub.post(cluster.admin(), "/rules", rule(n));
    }
    HttpClient http = HttpClient.newHttpClient();
    int period = size.devices() * 1_000 / size.rate();
    // The first message comes when all are registered.
    Instant began = Instant.now().plusSeconds(5).truncatedTo(ChronoUnit.MILLIS);
    List<JsonNode> registered = new ArrayList<>();
    for (int n = 0; n < size.devices(); n++) {
      registered.add(hub.post(cluster.admin(), "/devices", device(n)));
    }
    for (int n = 0; n < size.devices(); n++) {
      String id = registered.get(n).path("id").asText();
      String token = registered.get(n).path("token").asText();
      int way = n % WAYS;
      List<URI> addresses =
          new ArrayList<>(
              cluster.ingest().stream().map(h -> h.uri("/api/v1/telemetry/ingest")).toList());
      Collections.rotate(addresses, -n / TENTH);
      devices.add(
          new ClusterDevice(
              id,
              n % TENTH == TENTH - 1
                  ? Channel.http(http, token, addresses)
                  : Channel.mqtt(id, token, cluster.brokers(way)),
              began.plusMillis((long) period * n / size.devices()),
              period,
              n % TENTH == 0 ? SECONDS_A_PROBLEM * 1_000 / period : 0,
              size.problems()));
    }
  }

  private static String rule(int n) {
    return String.format(
        Locale.ROOT,
        """
        {"id": "cluster-%1$d", "scope": {"device_type": "%2$s"}, "when": {"metric": "temperature", "above": %3$.1f%4$s},
         "event": {"type": "critical_fault", "severity": "critical", "family": "cluster_%1$d", "failure_mode": "F%1$d",
                   "message": "too hot by rule %1$d", "action": "Look"}}\
        """,
        n,
        TYPE,
        ClusterDevice.limit(n),
        ClusterDevice.isDelayed(n) ? ", \"for\": \"PT" + ClusterDevice.DELAY_SECONDS + "S\"" : "");
  }

  private static String device(int n) {
    return """
        {"device_serial": "CLUSTER-%1$d", "device_type": "%2$s", "manufacturer": "m", "model": "m", "connection_type": "mqtt", "building_id": "B-%1$d"}\
        """
        .formatted(n, TYPE);
  }

  /** Begins to send. */
  void start() {
    devices.forEach(threads::execute);
  }

  /** Messages that were acknowledged until now. */
  long acknowledged() {
    return devices.stream().mapToLong(ClusterDevice::count).sum();
  }

  /** How often a message had to be said again. */
  long refused() {
    return devices.stream().mapToLong(ClusterDevice::refused).sum();
  }

  /** The longest time that a message waits now. */
  long waitingMillis() {
    long now = System.nanoTime();
    return devices.stream().mapToLong(device -> device.waitingMillis(now)).max().orElse(0);
  }

  /**
   * Lets each device end with an acknowledged message.
   *
   * @throws IOException when one has none after two minutes
   */
  void end() throws IOException, InterruptedException {
    devices.forEach(ClusterDevice::end);
    threads.shutdown();
    if (!threads.awaitTermination(2, TimeUnit.MINUTES)) {
      throw new IOException("some messages were not acknowledged within two minutes");
    }
  }

  /** All of them; what they were told is complete after {@link #end}. */
  List<ClusterDevice> devices() {
    return List.copyOf(devices);
  }

  /** Problems that were told of, as {@code <device> <failure mode>}. Only after {@link #end}. */
  Set<String> problems() {
    Set<String> problems = new TreeSet<>();
    for (ClusterDevice device : devices) {
      device.problemsTold().forEach(n -> problems.add(device.id() + " F" + n));
    }
    return problems;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
