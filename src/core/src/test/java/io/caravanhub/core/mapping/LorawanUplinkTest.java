package io.caravanhub.core.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LorawanUplinkTest {
  private static final Mapping MAPPING =
      Mapping.compile(new MappingSource("acme/probe", "1", "[$uplink()]"));

  private static Map<?, ?> uplink(String payload) throws JsonProcessingException {
    Object input = new ObjectMapper().readValue(payload, Object.class);
    return (Map<?, ?>) ((List<?>) MAPPING.apply(input, Map.of(), MappingBounds.DEFAULT)).get(0);
  }

  @Test
  void takesTheValuesAndTheLoudestGatewayFromTheThingsStack() throws Exception {
    Map<?, ?> uplink =
        uplink(
            """
            {"received_at": "2026-01-01T00:00:01Z", "uplink_message": {
              "f_port": 85, "frm_payload": "AXVc", "decoded_payload": {"temperature": 21.5},
              "received_at": "2026-01-01T00:00:00.5Z",
              "rx_metadata": [{"rssi": -101, "snr": 2.5}, {"rssi": -71, "snr": 9}]}}
            """);

    assertThat(uplink.get("fields")).isEqualTo(Map.of("temperature", 21.5));
    assertThat(uplink.get("time")).isEqualTo("2026-01-01T00:00:00.5Z");
    assertThat(uplink.get("port")).isEqualTo(85);
    assertThat(uplink.get("radio"))
        .isEqualTo(
            List.of(
                Map.of("name", "signal_strength", "value", -71),
                Map.of("name", "signal_snr", "value", 9)));
  }

  @Test
  void takesTheValuesFromChirpStack() throws Exception {
    Map<?, ?> uplink =
        uplink(
            """
            {"time": "2026-01-01T00:00:00Z", "deviceInfo": {"devEui": "0000000000000001"},
             "fCnt": 4, "fPort": 2, "data": "AXVc", "object": {"temperature": 21.5},
             "rxInfo": [{"rssi": -71, "snr": 9.5}]}
            """);

    assertThat(uplink.get("fields")).isEqualTo(Map.of("temperature", 21.5));
    assertThat(uplink.get("radio"))
        .isEqualTo(
            List.of(
                Map.of("name", "signal_strength", "value", -71),
                Map.of("name", "signal_snr", "value", 9.5)));
  }

  @Test
  void takesTheValuesFromChirpStackThree() throws Exception {
    Map<?, ?> uplink =
        uplink(
            """
            {"devEUI": "AAAAAAAAAAE=", "fPort": 2, "data": "AXVc", "object": {"temperature": 21.5},
             "rxInfo": [{"rssi": -71, "loRaSNR": 9.5}], "publishedAt": "2026-01-01T00:00:00Z"}
            """);

    assertThat(uplink.get("time")).isEqualTo("2026-01-01T00:00:00Z");
    assertThat(uplink.get("radio").toString()).contains("-71", "9.5");
  }

  @Test
  void aStatusOfChirpStackIsTheBattery() throws Exception {
    Map<?, ?> uplink =
        uplink(
            """
            {"time": "2026-01-01T00:00:00Z", "deviceInfo": {}, "margin": 12,
             "externalPowerSource": false, "batteryLevelUnavailable": false, "batteryLevel": 74.8}
            """);

    assertThat(uplink.get("radio"))
        .isEqualTo(List.of(Map.of("name", "battery_level", "value", 74.8, "unit", "%")));
  }

  @Test
  void aJoinSaysThatTheDeviceIsThere() throws Exception {
    Object joined = List.of(Map.of("name", "connection_status", "value", "online"));

    assertThat(
            uplink("{\"join_accept\": {}, \"received_at\": \"2026-01-01T00:00:00Z\"}").get("radio"))
        .isEqualTo(joined);
    assertThat(uplink("{\"deviceInfo\": {}, \"devAddr\": \"01020304\"}").get("radio"))
        .isEqualTo(joined);
  }

  @Test
  void bareValuesAreTheirOwnFields() throws Exception {
    assertThat(uplink("{\"temperature\": 21.5}"))
        .isEqualTo(Map.of("fields", Map.of("temperature", 21.5)));
  }

  @Test
  void aFrameThatWasNotDecodedIsRefusedWithTheWayOut() {
    assertThatThrownBy(() -> uplink("{\"uplink_message\": {\"frm_payload\": \"AXVc\"}}"))
        .hasMessageContaining(
            "uplink_message.decoded_payload: absent; give the device a payload formatter");
    assertThatThrownBy(() -> uplink("{\"deviceInfo\": {}, \"data\": \"AXVc\"}"))
        .hasMessageContaining("object: absent; give the device profile a payload codec");
  }
}
