package io.caravanhub.hub.devicetype;

import static org.assertj.core.api.Assertions.assertThat;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.RunningHub.Registered;
import io.caravanhub.hub.telemetry.LatestValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** One message with readings of many devices, over MQTT into the running hub. */
class GatewayTest {
  private static final Map<String, Object> HUB =
      Map.of(
          "name",
          "location-hub",
          "processing_mode",
          "gateway",
          "demultiplexing",
          Map.of("split", "sensors", "id", "sn", "device_type", "room-sensor"),
          "mapping",
          Map.of("fields", "fields:\n  t: {metric: temperature, unit: Cel, scale: 0.1}"));

  private final TypesFixture types = new TypesFixture();

  private static Map<String, Object> message(int sensors, int t) {
    List<Object> all = new ArrayList<>();
    for (int i = 0; i < sensors; i++) {
      all.add(Map.of("sn", "S" + i, "t", t + i));
    }
    return Map.of("sensors", all);
  }

  @Test
  void fiftyVirtualDevicesOfOneMessageAreMadeAndStoredInOneCommit() {
    types.autoRegister();
    types.type(HUB);
    Registered gateway = types.device("location-hub");

    types.publish(gateway, message(50, 200));

    assertThat(types.virtualDevices(gateway)).hasSize(50);
    assertThat(types.value(gateway.serial() + ":S7", "temperature")).isEqualTo(20.7);
    assertThat(
            types.hub.count(
                "select count(distinct t.batch_id) from telemetry t join devices d on d.key = t.device_id where d.tenant_id = ?",
                types.tenant))
        .isEqualTo(1);
    assertThat(types.rows()).isEqualTo(50);
    assertThat(types.letters()).isEmpty();
    assertThat(types.hub.bean(LatestValues.class).lastSeen(gateway.id())).isNotNull();
    assertThat(
            types.hub.count(
                "select count(*) from audit where tenant_id = ? and verb = 'device.auto-register'",
                types.tenant))
        .isEqualTo(1);
  }

  @Test
  void whereTheTenantDoesNotRegisterThemUnknownOnesAreOneDeadLetterThatNamesTheField() {
    types.type(HUB);
    Registered gateway = types.device("location-hub");
    types.device(
        "room-sensor",
        Map.of("device_serial", gateway.serial() + ":S1", "parent_id", gateway.id()));

    types.publish(gateway, message(3, 200));

    assertThat(types.rows()).isEqualTo(1);
    assertThat(types.letters())
        .singleElement()
        .asString()
        .startsWith("parts[0].sn: unknown virtual device \"" + gateway.serial() + ":S0\"")
        .endsWith("and 1 more of 3 parts");
  }

  @Test
  void theLetterOfRefusedPartsIsReplayedOnceTheyAreKnown() {
    types.type(HUB);
    Registered gateway = types.device("location-hub");
    types.device(
        "room-sensor",
        Map.of("device_serial", gateway.serial() + ":S0", "parent_id", gateway.id()));
    types.publish(gateway, message(2, 200));

    types.autoRegister();
    Answer replayed =
        types.hub.post(
            "/api/v1/dead-letters/"
                + types
                    .hub
                    .get("/api/v1/dead-letters", types.admin)
                    .json()
                    .at("/items/0/id")
                    .asText()
                + "/replay",
            types.admin,
            Map.of());

    assertThat(replayed.status()).as(replayed.body()).isEqualTo(200);
    assertThat(types.value(gateway.serial() + ":S1", "temperature")).isEqualTo(20.1);
    assertThat(types.rows()).isEqualTo(2);
  }

  @Test
  void whereAGatewayHasAllTheVirtualDevicesItMayHaveTheRestOfAMessageIsStored() {
    types.autoRegister();
    types.type(HUB);
    Registered gateway = types.device("location-hub");
    types
        .hub
        .owner()
        .sql(
            """
            insert into devices (tenant_id, serial, device_type, connection_type, parent_id)
            select ?, 'full-' || n, 'room-sensor', 'virtual', ?::uuid from generate_series(1, 9998) n\
            """)
        .params(types.tenant, gateway.id())
        .update();

    types.publish(gateway, message(3, 200));

    assertThat(types.rows()).isEqualTo(2);
    assertThat(types.letters())
        .containsExactly(
            "parts[2].sn: a gateway may have 10000 virtual devices, this would be one more");
  }

  @Test
  void aGatewayMaySpeakForNoDeviceButItsOwn() {
    types.autoRegister();
    types.type(
        Map.of(
            "name",
            "beacons",
            "processing_mode",
            "gateway",
            "demultiplexing",
            Map.of("scope", "tenant", "device_type", "beacon")));
    Registered other = types.device("sensor", Map.of("device_serial", "PUMP-1"));
    Registered gateway = types.device("beacons");

    types.publish(
        gateway,
        List.of(
            List.of(
                Map.of("id", "PUMP-1", "metrics", Map.of("temperature", 1)),
                Map.of("id", "B-1", "metrics", Map.of("temperature", 2)))));

    assertThat(types.hub.rows(other)).isZero();
    assertThat(types.value("B-1", "temperature")).isEqualTo(2);
    assertThat(types.letters())
        .singleElement()
        .asString()
        .contains("parts[0].id: device \"PUMP-1\" is not a virtual device of type beacon");
  }

  @Test
  void aPartThatNamesTheGatewayIsItsOwn() {
    types.type(HUB);
    Registered gateway = types.device("location-hub");

    types.publish(gateway, Map.of("sensors", List.of(Map.of("sn", gateway.serial(), "t", 215))));

    assertThat(types.value(gateway.serial(), "temperature")).isEqualTo(21.5);
  }

  @Test
  void aMessageThatCannotBeSplitIsADeadLetter() {
    types.type(HUB);
    Registered gateway = types.device("location-hub");

    types.publish(gateway, Map.of("state", "ok"));

    assertThat(types.letters())
        .singleElement()
        .asString()
        .startsWith("parts: demultiplexing.split yields nothing");
  }
}
