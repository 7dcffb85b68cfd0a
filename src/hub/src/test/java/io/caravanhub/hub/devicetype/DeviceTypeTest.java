package io.caravanhub.hub.devicetype;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub.Registered;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A type of devices that is described while the hub runs. */
class DeviceTypeTest {
  private static final Map<String, Object> METER =
      Map.of(
          "name",
          "cold-room",
          "mapping",
          Map.of(
              "jsonata", "{\"metrics\": {\"temperature\": readings.t, \"humidity\": readings.h}}"),
          "message_schema",
          Map.of(
              "type",
              "object",
              "required",
              List.of("readings"),
              "properties",
              Map.of(
                  "readings",
                  Map.of(
                      "type",
                      "object",
                      "required",
                      List.of("t"),
                      "properties",
                      Map.of("t", Map.of("type", "number"))))),
          "limits",
          Map.of("temperature", Map.of("max", 8, "range_quality", "bad")),
          "defaults",
          Map.of("manufacturer", "Frost", "connection_type", "mqtt"));

  private final TypesFixture types = new TypesFixture();

  @Test
  void aNewTypeWorksWithoutCodeAndWithoutRestart() {
    Registered room = types.device("cold-room");
    types.publish(room, Map.of("readings", Map.of("t", 4.5, "h", 60)));
    assertThat(types.letters()).hasSize(1);

    types.type(METER);
    types.publish(room, Map.of("readings", Map.of("t", 4.5, "h", 60)));

    assertThat(types.value(room.serial(), "temperature")).isEqualTo(4.5);
    assertThat(types.rows()).isEqualTo(2);
  }

  @Test
  void aMessageAgainstTheSchemaIsADeadLetterThatNamesTheField() {
    types.type(METER);
    Registered room = types.device("cold-room");

    types.publish(room, List.of(Map.of("readings", Map.of("t", "warm")), Map.of("reading", 1)));

    assertThat(types.rows()).isZero();
    assertThat(types.letters().get(0)).startsWith("readings.t: message_schema: ");
    assertThat(types.letters().get(1)).startsWith("readings: message_schema: ");
  }

  @Test
  void aPatternThatExhaustsTheStackIsADeadLetterToo() {
    types.type(
        Map.of(
            "name",
            "cold-room",
            "message_schema",
            Map.of("properties", Map.of("state", Map.of("pattern", "^(a|b)*$")))));
    Registered room = types.device("cold-room");

    types.publish(room, Map.of("state", "ab".repeat(20_000), "metrics", Map.of("temperature", 1)));

    assertThat(types.letters()).singleElement().asString().startsWith("body: message_schema: ");
  }

  @Test
  void aSchemaThatRefersToItselfWithoutEndIsRefused() {
    Answer answer =
        types.hub.post(
            "/api/v1/device-types",
            types.admin,
            Map.of(
                "name",
                "endless",
                "message_schema",
                Map.of("allOf", List.of(Map.of("$ref", "#")))));

    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.text("field")).isEqualTo("message_schema");
  }

  @Test
  void theTypesLimitsJudgeItsDevicesAndNoOthers() {
    types.type(METER);
    Registered room = types.device("cold-room");
    Registered other = types.device("sensor");

    types.publish(room, Map.of("readings", Map.of("t", 12)));
    types.publish(other, Map.of("metrics", Map.of("temperature", 12)));

    assertThat(quality(room)).isEqualTo("bad");
    assertThat(quality(other)).isEqualTo("good");
  }

  private String quality(Registered device) {
    return types
        .hub
        .get("/api/v1/devices/" + device.id() + "/telemetry/latest", types.admin)
        .json()
        .at("/items/0/quality")
        .asText();
  }

  @Test
  void aDeviceTakesWhatItIsNotGivenFromItsType() {
    types.type(METER);

    Answer made =
        types.hub.post(
            "/api/v1/devices",
            types.admin,
            Map.of("device_serial", "F-1", "device_type", "cold-room"));

    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(made.text("manufacturer")).isEqualTo("Frost");
  }
}
