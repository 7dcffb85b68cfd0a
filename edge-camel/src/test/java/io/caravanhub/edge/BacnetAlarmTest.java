package io.caravanhub.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.core.bacnet.BacnetAddress;
import io.caravanhub.core.bacnet.BacnetClient;
import io.caravanhub.core.bacnet.BacnetProperty;
import io.caravanhub.core.bacnet.BacnetSettings;
import io.caravanhub.core.bacnet.BacnetValue;
import io.caravanhub.core.bacnet.IAm;
import io.caravanhub.core.bacnet.ObjectId;
import io.caravanhub.core.bacnet.PropertyReference;
import io.caravanhub.sim.bacnet.RooftopBacnetServer;
import io.caravanhub.sim.plant.FaultTimetable;
import io.caravanhub.sim.plant.Plant;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An alarm that a BACnet device tells its gateway, on its way to the hub. */
class BacnetAlarmTest {
  private static final Path ROOT = Path.of(System.getProperty("hub.root", ".."));
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir Path folder;

  @Test
  void goesToTheHubAheadOfReadings() throws Exception {
    Path config = folder.resolve("edge.yaml");
    try (StandInHub hub = new StandInHub(Files.createDirectories(folder.resolve("hub")));
        RooftopBacnetServer unit =
            new RooftopBacnetServer(new Plant(1, FaultTimetable.none()).unit("RTU-2"), 1002, 0)) {
      hub.startMqtt();
      Files.writeString(
          config,
          """
          gateway: GW-1
          hub: {url: "tcp://127.0.0.1:%d", token: secret}
          fieldbus:
            - {device: RTU-2, protocol: bacnet, address: "%s", map: halden/aerotop.bacnet.yaml, interval: PT0.2S}
          """
              .formatted(hub.mqttPort(), unit.address()));
      Edge edge = new Edge(EdgeSettings.read(config, ROOT.resolve("edge-camel")));
      edge.start();
      try {
        await().atMost(LONG).until(() -> alarms(hub).size() == 1);
        assertThat(alarms(hub).get(0).path("whole").asBoolean()).isTrue();
        await()
            .atMost(LONG)
            .until(() -> hub.taken.stream().anyMatch(t -> t.kind().equals("telemetry")));

        limit(unit, 60);
        await().atMost(LONG).until(() -> alarms(hub).size() == 2);
        JsonNode alarm = alarms(hub).get(1).path("active").path(0);
        assertThat(alarm.path("code").asText()).isEqualTo("analog-input:8");
        assertThat(alarm.path("message").asText()).isEqualTo("FilterDrop: Filter clogged");
        assertThat(alarm.path("severity").asText()).isEqualTo("high");
        limit(unit, 1_000);
        await().atMost(LONG).until(() -> alarms(hub).size() == 3);
        assertThat(alarms(hub).get(2).path("cleared")).hasToString("[\"analog-input:8\"]");
        assertThat(hub.taken)
            .filteredOn(taken -> taken.kind().equals("event"))
            .allMatch(taken -> taken.lane().equals("event") && taken.device().equals("RTU-2"));
      } finally {
        edge.stop();
      }
    }
  }

  private static List<JsonNode> alarms(StandInHub hub) {
    return hub.taken.stream()
        .filter(taken -> taken.kind().equals("event"))
        .map(taken -> taken.all().path("body").path("alarms"))
        .toList();
  }

  private static void limit(RooftopBacnetServer unit, float pascal) throws Exception {
    try (BacnetClient client = BacnetClient.open(BacnetSettings.of(Duration.ofSeconds(3)))) {
      int port = Integer.parseInt(unit.address().split(":")[1]);
      BacnetAddress at = BacnetAddress.of(new InetSocketAddress("127.0.0.1", port));
      client
          .device(new IAm(at, 1002, 480, 1, 555))
          .write(
              PropertyReference.of(ObjectId.parse("analog-value:2"), BacnetProperty.PRESENT_VALUE),
              new BacnetValue.Real(pascal),
              8)
          .get(30, TimeUnit.SECONDS);
    }
  }
}
