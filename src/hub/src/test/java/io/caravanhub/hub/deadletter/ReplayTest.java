package io.caravanhub.hub.deadletter;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ReplayTest {
  private final RunningHub hub = RunningHub.get();
  private final String serial = RunningHub.unique("LATE");

  @Test
  void storesTheMessageOnceItsDeviceIsRegistered() throws Exception {
    String letter =
        letter(
            "{\"timestamp\":" + System.currentTimeMillis() + ",\"metrics\":{\"temperature\":20}}");
    Registered device = hub.device(hub.admin(), Map.of("device_serial", serial));

    Answer answer = replay(letter);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().toString()).contains("\"status\":\"replayed\"");
    assertThat(hub.rows(device)).isEqualTo(1);
    assertThat(row(letter)).containsEntry("status", "replayed").containsEntry("tries", 2);
    assertThat(letters()).isEqualTo(1);
    assertThat(replay(letter).status()).isEqualTo(404);
  }

  @Test
  void keepsTheSameLetterWithTodaysReasonWhileTheMessageIsStillUnusable() throws Exception {
    String letter = letter("{\"metrics\":{\"temperature\":\"hot\"}}");
    Answer unknown = replay(letter);
    Registered device = hub.device(hub.admin(), Map.of("device_serial", serial));

    Answer answer = replay(letter);

    assertThat(unknown.status()).isEqualTo(422);
    assertThat(unknown.text("field")).isEqualTo("device_id");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.isProblem()).isTrue();
    assertThat(answer.text("field")).isEqualTo("metrics.temperature");
    assertThat(answer.text("detail")).isEqualTo("expected a number, got \"hot\"");
    assertThat(hub.rows(device)).isZero();
    assertThat(letters()).isEqualTo(1);
    assertThat(row(letter))
        .containsEntry("status", "kept")
        .containsEntry("tries", 3)
        .containsEntry("field", "metrics.temperature");
  }

  @Test
  void takesTheMappingThatTheDeviceHasNow() throws Exception {
    Registered device =
        hub.device(hub.admin(), Map.of("device_serial", serial, "mapping", "no/such-mapping"));
    publish("{\"metrics\":{\"temperature\":20}}");
    String letter =
        hub.owner()
            .sql("select id::text from dead_letters where device = ?")
            .param(device.id())
            .query(String.class)
            .single();
    Answer still = replay(letter);
    hub.owner()
        .sql("update devices set mapping = null where id::text = ?")
        .param(device.id())
        .update();
    hub.bean(io.caravanhub.hub.registry.DeviceDirectory.class).forget();

    assertThat(still.status()).isEqualTo(422);
    assertThat(replay(letter).status()).isEqualTo(200);
    assertThat(hub.rows(device)).isEqualTo(1);
  }

  @Test
  void refusesALetterThatIsNotThere() {
    Answer answer = replay("00000000-0000-0000-0000-000000000000");

    assertThat(answer.status()).isEqualTo(404);
    assertThat(answer.isProblem()).isTrue();
  }

  private Answer replay(String letter) {
    return hub.post("/api/v1/dead-letters/" + letter + "/replay", hub.admin(), "{}");
  }

  /** A letter of a device that is not registered yet. */
  private String letter(String payload) throws Exception {
    publish(payload);
    return hub.owner()
        .sql("select id::text from dead_letters where device = ?")
        .param(serial)
        .query(String.class)
        .single();
  }

  private void publish(String payload) throws Exception {
    try (MqttDevice engineer =
        MqttDevice.connect(hub.mqttPort(), "engineer", hub.token("default", "engineer"))) {
      engineer.publish("t/default/d/" + serial + "/telemetry", payload).get(10, TimeUnit.SECONDS);
    }
  }

  private long letters() {
    return hub.count(
        "select count(*) from dead_letters where device = ? or device = (select id::text from devices where serial = ?)",
        serial,
        serial);
  }

  private Map<String, Object> row(String letter) {
    return hub.owner()
        .sql("select status, tries, field from dead_letters where id::text = ?")
        .param(letter)
        .query()
        .singleRow();
  }
}
