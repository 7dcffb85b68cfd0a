package io.caravanhub.hub.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What cannot be used is in the dead letters with field and reason before it is acknowledged. */
class UnusablePublishTest {
  private final RunningHub hub = RunningHub.get();
  private final Registered device = hub.device("sensor");
  private final MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token());

  /** Whatever came before: the next good message of the same session is stored. */
  @AfterEach
  void nothingElseIsDisturbed() throws Exception {
    try (mqtt) {
      publish(device.id(), "{\"metrics\":{\"temperature\":20}}");
    }
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void malformedJson() throws Exception {
    kept("body", "is not JSON", "{\"metrics\":");
  }

  @Test
  void emptyPayload() throws Exception {
    kept("body", "", "");
  }

  @Test
  void bodyThatIsNoObject() throws Exception {
    kept("body", "expected an object", "17");
  }

  @Test
  void absentMeasurements() throws Exception {
    kept("measurements", "absent", "{}");
  }

  @Test
  void valueOfTheWrongType() throws Exception {
    kept(
        "readings[0].value",
        "expected a number, got \"n/a\"",
        "{\"readings\":[{\"variable\":\"temperature\",\"value\":\"n/a\"}]}");
  }

  @Test
  void timestampIn1970() throws Exception {
    kept("timestamp", "is too old", "{\"timestamp\":0,\"metrics\":{\"temperature\":1}}");
  }

  @Test
  void timestampNextYear() throws Exception {
    kept(
        "timestamp",
        "lies in the future",
        "{\"timestamp\":\""
            + Instant.now().plusSeconds(365 * 86_400)
            + "\",\"metrics\":{\"temperature\":1}}");
  }

  @Test
  void notANumber() throws Exception {
    kept("body", "is not JSON", "{\"metrics\":{\"temperature\":NaN}}");
  }

  @Test
  void unknownUnit() throws Exception {
    kept(
        "measurements[0].unit",
        "unknown unit \"furlong\"",
        "{\"measurements\":[{\"name\":\"temperature\",\"value\":1,\"unit\":\"furlong\"}]}");
  }

  @Test
  void textThatNoDatabaseTakes() throws Exception {
    kept("metrics.compressor_status", "NUL", "{\"metrics\":{\"compressor_status\":\"o\\u0000n\"}}");
  }

  @Test
  void oneBadMessageOfAnArrayIsKeptWithAllOfIt() throws Exception {
    kept(
        "[1].metrics.humidity",
        "expected a number",
        "[{\"metrics\":{\"humidity\":40}},{\"metrics\":{\"humidity\":\"wet\"}}]");
  }

  @Test
  void payloadThatItsMappingCannotTake() throws Exception {
    Registered mapped =
        hub.device(hub.admin(), Map.of("device_type", "pump", "mapping", "no/such-mapping"));
    try (MqttDevice other = MqttDevice.connect(hub.mqttPort(), mapped.id(), mapped.token())) {
      other
          .publish("t/default/d/" + mapped.id() + "/telemetry", "{\"a\":1}")
          .get(10, TimeUnit.SECONDS);
    }
    assertThat(letter(mapped)).containsEntry("payload", "{\"a\":1}");
    assertThat(String.valueOf(letter(mapped).get("reason"))).contains("no/such-mapping");
  }

  @Test
  void unknownDevice() throws Exception {
    String serial = RunningHub.unique("unknown");
    try (MqttDevice engineer =
        MqttDevice.connect(hub.mqttPort(), "engineer", hub.token("default", "engineer"))) {
      engineer
          .publish("t/default/d/" + serial + "/telemetry", "{\"metrics\":{\"temperature\":1}}")
          .get(10, TimeUnit.SECONDS);
    }
    assertThat(
            hub.owner()
                .sql("select field, reason from dead_letters where device = ?")
                .param(serial)
                .query()
                .singleRow())
        .containsEntry("field", "device_id")
        .containsEntry("reason", "unknown device \"" + serial + "\"");
  }

  private void kept(String field, String reason, String payload) throws Exception {
    double before = hub.counted("hub.dead.letters", "source", "mqtt");

    publish(device.id(), payload);

    Map<String, Object> letter = letter(device);
    assertThat(letter).containsEntry("field", field).containsEntry("payload", payload);
    assertThat(String.valueOf(letter.get("reason"))).contains(reason);
    assertThat(hub.counted("hub.dead.letters", "source", "mqtt")).isEqualTo(before + 1);
    assertThat(hub.rows(device)).isZero();
  }

  private Map<String, Object> letter(Registered of) {
    Map<String, Object> row =
        hub.owner()
            .sql(
                "select field, reason, payload from dead_letters where device = ? and source = 'mqtt' and status = 'kept'")
            .param(of.id())
            .query()
            .singleRow();
    row.put("payload", new String((byte[]) row.get("payload"), StandardCharsets.UTF_8));
    return row;
  }

  private void publish(String to, String payload) throws Exception {
    assertThat(
            mqtt.publish("t/default/d/" + to + "/telemetry", payload)
                .get(10, TimeUnit.SECONDS)
                .getError())
        .isEmpty();
  }
}
