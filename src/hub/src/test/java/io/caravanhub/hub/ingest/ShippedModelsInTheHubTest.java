package io.caravanhub.hub.ingest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Devices that find the mapping of their model by themselves, over MQTT. */
class ShippedModelsInTheHubTest {
  private final RunningHub hub = RunningHub.get();

  @Test
  void aLorawanSensorBehindChirpStackIsStoredWithItsRadio() throws Exception {
    Registered sensor = device("Milesight", "EM300-TH");

    publish(
        sensor,
        """
        {"deviceInfo": {"deviceName": "cold room"}, "fCnt": 7, "fPort": 85, "data": "AXVc",
         "object": {"battery": 88, "temperature": 4.3, "humidity": 71.5},
         "rxInfo": [{"gatewayId": "0016c001f1500001", "rssi": -94, "snr": 5.2}]}
        """);

    assertThat(metrics(sensor))
        .containsExactlyInAnyOrder(
            "battery_level", "temperature", "humidity", "signal_strength", "signal_snr");
  }

  @Test
  void anUplinkThatWasNotDecodedIsADeadLetterThatTellsTheWayOut() throws Exception {
    Registered sensor = device("Milesight", "EM300-TH");

    publish(sensor, "{\"deviceInfo\": {}, \"fCnt\": 7, \"data\": \"AXVc\"}");

    assertThat(hub.rows(sensor)).isZero();
    assertThat(
            hub.owner()
                .sql("select reason from dead_letters where device = ?")
                .params(sensor.id())
                .query(String.class)
                .single())
        .contains("object: absent; give the device profile a payload codec in ChirpStack");
  }

  @Test
  void degreesFahrenheitFromTasmotaAreStoredInCelsius() throws Exception {
    Registered sensor = device("Tasmota", "Device");

    publish(sensor, "{\"DS18B20\": {\"Temperature\": 50}, \"TempUnit\": \"F\"}");

    assertThat(
            hub.owner()
                .sql(
                    "select t.value from telemetry t join devices d on d.key = t.device_id where d.id = ?::uuid")
                .params(sensor.id())
                .query(Double.class)
                .single())
        .isCloseTo(10, within(1e-6));
  }

  private Registered device(String manufacturer, String model) {
    return hub.device(hub.admin(), Map.of("manufacturer", manufacturer, "model", model));
  }

  private List<String> metrics(Registered device) {
    return hub.owner()
        .sql(
            "select m.key from telemetry t join metrics m on m.id = t.metric_id join devices d on d.key = t.device_id where d.id = ?::uuid")
        .params(device.id())
        .query(String.class)
        .list();
  }

  private void publish(Registered device, String payload) throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      mqtt.publish(
              "t/default/d/" + device.id() + "/telemetry", payload.getBytes(StandardCharsets.UTF_8))
          .get(20, TimeUnit.SECONDS);
    }
  }
}
