package io.caravanhub.hub.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.TestDatabase;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Devices that do not speak JSON, over MQTT. */
class BinaryPayloadTest {
  private final RunningHub hub = RunningHub.get();

  @Test
  void storesProtobufByTheSchemaBesideTheDevicesMapping() throws Exception {
    Registered probe = tessel("Probe");
    byte[] frame = Files.readAllBytes(TestDatabase.root().resolve("mappings/tessel/probe.in.bin"));

    publish(probe, frame);

    assertThat(hub.rows(probe)).isEqualTo(7);
  }

  @Test
  void keepsBytesThatAreNotOfTheSchemaAndNamesSchemaAndOffset() throws Exception {
    Registered probe = tessel("Probe");
    byte[] frame = Files.readAllBytes(TestDatabase.root().resolve("mappings/tessel/probe.in.bin"));

    publish(probe, Arrays.copyOf(frame, 12));

    assertThat(hub.rows(probe)).isZero();
    assertThat(
            hub.owner()
                .sql("select reason from dead_letters where device = ?")
                .params(probe.id())
                .query(String.class)
                .single())
        .contains("tessel.v1.Frame of tessel/probe.proto")
        .contains("at offset 9, field supply_voltage: expected 8 bytes");
  }

  @Test
  void storesCsvByTheDeclarationBesideTheDevicesMapping() throws Exception {
    Registered logger = tessel("Logger");

    publish(
        logger, Files.readAllBytes(TestDatabase.root().resolve("mappings/tessel/logger.in.csv")));

    assertThat(hub.rows(logger)).isEqualTo(5);
  }

  private Registered tessel(String model) {
    return hub.device(hub.admin(), Map.of("manufacturer", "Tessel", "model", model));
  }

  private void publish(Registered device, byte[] payload) throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      mqtt.publish("t/default/d/" + device.id() + "/telemetry", payload).get(20, TimeUnit.SECONDS);
    }
  }
}
