package io.caravanhub.bench;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.hivemq.client.mqtt.datatypes.MqttQos;
import com.hivemq.client.mqtt.mqtt5.Mqtt5AsyncClient;
import com.hivemq.client.mqtt.mqtt5.Mqtt5Client;
import io.caravanhub.bench.peer.ArrivalFsm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * From a reading's publish over MQTT to the arrival of its work order at the field-service system,
 * while the hub takes other telemetry. Both moments are of one clock: the generator plays device
 * and FSM. Every reading that is measured is a new problem, so that each has an order of its own.
 */
final class FsmFigures {
  private static final String TYPE = "order_probe";
  private static final int PROBES = 100;

  /** Until the compiler has most of the path behind it. */
  private static final int WARM_SECONDS = 60;

  /** In which the generator starts and registers its devices. */
  private static final int BEFORE_SECONDS = 8;

  private final Path root;
  private final Path folder;
  private final Figures figures;

  /**
   * How much of it.
   *
   * @param rate messages a second beside
   * @param orders work orders a second
   */
  record Size(int rate, int orders, int rounds, int seconds) {}

  FsmFigures(Path root, Path folder, Figures figures) {
    this.root = root;
    this.folder = folder;
    this.figures = figures;
  }

  private record Probe(String id, Mqtt5AsyncClient client) {}

  /**
   * Measures it.
   *
   * @param stages how the hub's stages are joined, as the table says it
   * @param settings of the hub beside its own
   */
  void run(Size size, String stages, Map<String, String> settings) throws Exception {
    Path home = Files.createTempDirectory(folder, "home-fsm-");
    try (ArrivalFsm fsm = new ArrivalFsm();
        HubUnderTest hub = hub(home, fsm, settings)) {
      int seconds = WARM_SECONDS + size.rounds() * size.seconds();
      rules(hub, size.orders() * seconds / PROBES + 2);
      List<Probe> probes = probes(hub);
      // One generator for all rounds: its start takes more of the cores than the hub does.
      CompletableFuture<JsonNode> load = load(hub, size.rate(), BEFORE_SECONDS + seconds);
      TimeUnit.SECONDS.sleep(BEFORE_SECONDS);
      publish(probes, 0, size.orders(), WARM_SECONDS);
      figures.say("  warmed up");
      List<Map<String, Long>> rounds = new ArrayList<>();
      for (int round = 0; round < size.rounds(); round++) {
        int from = size.orders() * (WARM_SECONDS + round * size.seconds());
        rounds.add(publish(probes, from, size.orders(), size.seconds()));
      }
      JsonNode report = load.get(5, TimeUnit.MINUTES);
      Set<String> raised = new HashSet<>();
      rounds.forEach(round -> raised.addAll(round.keySet()));
      ConnectorFigures.until(() -> fsm.arrivals().keySet().containsAll(raised));
      Map<String, Long> arrivals = fsm.arrivals();
      List<Double> p50 = new ArrayList<>();
      List<Double> p99 = new ArrayList<>();
      List<Double> worst = new ArrayList<>();
      for (Map<String, Long> round : rounds) {
        List<Double> millis = new ArrayList<>();
        round.forEach(
            (problem, due) ->
                millis.add((requireNonNull(arrivals.get(problem), problem) - due) / 1e6));
        p50.add(ConnectorFigures.percentile(millis, 0.5));
        p99.add(ConnectorFigures.percentile(millis, 0.99));
        worst.add(ConnectorFigures.percentile(millis, 1));
      }
      figures.say(
          "  %d rounds of %d orders, %,.0f messages/s acknowledged beside over the whole run",
          rounds.size(),
          size.orders() * size.seconds(),
          report.path("acknowledged_per_second").asDouble());
      String beside =
          String.format(
              Locale.ROOT, " %s, %d orders/s at %,d msg/s", stages, size.orders(), size.rate());
      figures.median("publish to FSM received, p50" + beside, "ms", p50);
      figures.median("publish to FSM received, p99" + beside, "ms", p99);
      figures.median("the latest of them", "ms", worst);
      figures.line(
          "work orders, and those made twice",
          fsm.orders() + ", " + (fsm.orders() - fsm.arrivals().size()),
          "of the whole run");
      probes.forEach(probe -> probe.client().toBlocking().disconnect());
    }
  }

  private HubUnderTest hub(Path home, ArrivalFsm fsm, Map<String, String> settings)
      throws IOException, InterruptedException {
    Map<String, String> all = new HashMap<>(settings);
    all.put("HUB_FSM_URL", fsm.url());
    return new HubUnderTest(root, home.toAbsolutePath(), all);
  }

  private static CompletableFuture<JsonNode> load(HubUnderTest hub, int rate, int seconds) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return hub.load(
                "--rate",
                Integer.toString(rate),
                "--devices",
                "1000",
                "--seconds",
                Integer.toString(seconds),
                "--no-compare");
          } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
          }
        });
  }

  /** The next rule minds a temperature that is a degree higher. */
  private static void rules(HubUnderTest hub, int rules) throws Exception {
    for (int n = 0; n < rules; n++) {
      hub.call(
          "POST",
          "/rules",
          """
          {"id": "probe-%1$d", "scope": {"device_type": "%2$s"}, "when": {"metric": "temperature", "above": %3$s},
           "event": {"type": "critical_fault", "severity": "critical", "family": "probe_%1$d", "failure_mode": "F%1$d",
                     "message": "too hot by rule %1$d", "action": "Look"}}\
          """
              .formatted(n, TYPE, limit(n)));
    }
  }

  private static String limit(int rule) {
    return String.format(Locale.ROOT, "%.1f", 20 + rule * 0.1);
  }

  private static List<Probe> probes(HubUnderTest hub) throws Exception {
    List<Probe> probes = new ArrayList<>();
    for (int n = 0; n < PROBES; n++) {
      JsonNode device =
          hub.call(
              "POST",
              "/devices",
              """
              {"device_serial": "PROBE-%1$d", "device_type": "%2$s", "manufacturer": "m", "model": "m", "connection_type": "mqtt", "building_id": "B-%1$d"}\
              """
                  .formatted(n, TYPE));
      String id = device.path("id").asText();
      Mqtt5AsyncClient client =
          Mqtt5Client.builder()
              .identifier("probe-" + n)
              .serverHost("127.0.0.1")
              .serverPort(hub.mqttPort())
              .buildAsync();
      client
          .toBlocking()
          .connectWith()
          .simpleAuth()
          .username(id)
          .password(device.path("token").asText().getBytes(StandardCharsets.UTF_8))
          .applySimpleAuth()
          .send();
      probes.add(new Probe(id, client));
    }
    return probes;
  }

  /** Publishes so many a second and returns when each was due, by problem, in nanos. */
  private static Map<String, Long> publish(List<Probe> probes, int from, int perSecond, int seconds)
      throws InterruptedException {
    Map<String, Long> published = new HashMap<>();
    long began = System.nanoTime();
    for (int n = 0; n < perSecond * seconds; n++) {
      long due = began + n * TimeUnit.SECONDS.toNanos(1) / perSecond;
      TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
      Probe probe = probes.get((from + n) % PROBES);
      int rule = (from + n) / PROBES;
      published.put(probe.id() + " F" + rule, due);
      String body =
          String.format(
              Locale.ROOT, "{\"metrics\":{\"temperature\":%.2f}}", 20 + rule * 0.1 + 0.05);
      var unused =
          probe
              .client()
              .publishWith()
              .topic("t/default/d/" + probe.id() + "/telemetry")
              .qos(MqttQos.AT_LEAST_ONCE)
              .payload(body.getBytes(StandardCharsets.UTF_8))
              .send();
    }
    return published;
  }
}
