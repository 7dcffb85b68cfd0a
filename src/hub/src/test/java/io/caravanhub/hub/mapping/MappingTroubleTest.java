package io.caravanhub.hub.mapping;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Mappings that go wrong in a running hub, beside devices that want nothing of it. */
class MappingTroubleTest {
  private static final Map<String, String> EVIL = new LinkedHashMap<>();

  static {
    EVIL.put("range", "{'metrics': {'a': $sum([1..1e9])}}");
    EVIL.put("pad", "{'metrics': {'a': $length($pad('x', 1e9))}}");
    EVIL.put("recursion", "($f := function($n) { 1 + $f($n + 1) }; {'metrics': {'a': $f(0)}})");
    EVIL.put("regex", "{'metrics': {'a': $contains(s, /^(a+)+\\1x$/)}}");
    EVIL.put(
        "doubling",
        "($d := function($s, $n) { $n = 0 ? $s : $d($s & $s, $n - 1) }; {'a': $d('ab', 60)})");
  }

  private final RunningHub hub = RunningHub.get();
  private final String maker = RunningHub.unique("trouble");
  private final Path folder = hub.connectors().resolve("oem").resolve(maker);

  @BeforeEach
  void make() throws IOException {
    Files.createDirectories(folder);
  }

  @AfterEach
  void remove() throws IOException {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }

  private Registered device(String model, String file, String content) throws IOException {
    Files.writeString(folder.resolve(file), content);
    return hub.device(hub.admin(), Map.of("manufacturer", maker, "model", model));
  }

  private void publish(Registered device, String payload) throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      mqtt.publish(
              "t/default/d/" + device.id() + "/telemetry", payload.getBytes(StandardCharsets.UTF_8))
          .get(20, TimeUnit.SECONDS);
    }
  }

  private List<String> reasons(Registered device) {
    return hub.owner()
        .sql("select reason from dead_letters where device = ?")
        .params(device.id())
        .query(String.class)
        .list();
  }

  @Test
  void whatPassesItsBoundsIsOneDeadLetterAndItsNeighboursGoOn() throws Exception {
    List<Registered> evil = new ArrayList<>();
    for (Map.Entry<String, String> mapping : EVIL.entrySet()) {
      evil.add(device(mapping.getKey(), mapping.getKey() + ".jsonata", mapping.getValue()));
    }
    Registered neighbour = hub.device("sensor");
    AtomicBoolean done = new AtomicBoolean();
    CompletableFuture<int[]> traffic =
        CompletableFuture.supplyAsync(
            () -> {
              int sent = 0;
              int slowest = 0;
              long ts = System.currentTimeMillis() - 1_000_000;
              try (MqttDevice mqtt =
                  MqttDevice.connect(hub.mqttPort(), neighbour.id(), neighbour.token())) {
                while (!done.get() || sent == 0) {
                  long start = System.nanoTime();
                  String payload =
                      "{\"timestamp\":" + ts++ + ",\"metrics\":{\"temperature\":" + sent++ + "}}";
                  mqtt.publish(
                          "t/default/d/" + neighbour.id() + "/telemetry",
                          payload.getBytes(StandardCharsets.UTF_8))
                      .get(20, TimeUnit.SECONDS);
                  slowest = Math.max(slowest, (int) ((System.nanoTime() - start) / 1_000_000));
                }
                return new int[] {sent, slowest};
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    try {
      for (Registered device : evil) {
        publish(device, "{\"s\": \"" + "a".repeat(40) + "!\"}");
      }
    } finally {
      done.set(true);
    }

    int[] sentAndSlowest = traffic.get(30, TimeUnit.SECONDS);
    assertThat(hub.rows(neighbour)).isEqualTo(sentAndSlowest[0]);
    assertThat(sentAndSlowest[1]).isLessThan(5_000);
    for (Registered device : evil) {
      assertThat(reasons(device)).hasSize(1);
      assertThat(hub.rows(device)).isZero();
    }
    assertThat(reasons(evil.get(0))).singleElement().asString().contains("range operator");
  }

  @Test
  void aReadingInAUnitThatIsUnknownIsStoredAsBad() throws Exception {
    Registered device =
        device(
            "odd",
            "odd.jsonata",
            "{'measurements': [{'name': 'temperature', 'value': t, 'unit': u},"
                + " {'name': 'humidity', 'value': 40, 'unit': '%'}]}");
    publish(device, "{\"t\": 55, \"u\": \"furlong\"}");

    assertThat(reasons(device)).isEmpty();
    assertThat(
            hub.get("/api/v1/devices/" + device.id() + "/telemetry/latest", hub.admin())
                .json()
                .path("items")
                .toString())
        .contains("\"quality\":\"bad\"")
        .contains("\"quality_reason\":\"unit\"");
    assertThat(hub.rows(device)).isEqualTo(2);
  }

  @Test
  void aFieldTableIsAllThatADeviceNeeds() throws Exception {
    Registered device =
        device(
            "table",
            "table.fields.yaml",
            "fields:\n  env.t: {metric: temperature, unit: Cel, scale: 0.1}\n");
    publish(device, "{\"env\": {\"t\": 215}}");
    publish(device, "{\"other\": 1}");

    assertThat(hub.rows(device)).isEqualTo(1);
    assertThat(reasons(device))
        .singleElement()
        .asString()
        .contains("yields no metrics for this payload, which has other");
  }

  @Test
  void twiceTheSameMetricIsADeadLetterThatSaysSo() throws Exception {
    Registered device =
        device(
            "twice",
            "twice.jsonata",
            "{'measurements': [{'name': 'a', 'value': t}, {'name': 'a', 'value': 2}]}");
    publish(device, "{\"t\": 1}");

    assertThat(hub.rows(device)).isZero();
    assertThat(reasons(device)).singleElement().asString().contains("duplicate metric: \"a\"");
  }
}
