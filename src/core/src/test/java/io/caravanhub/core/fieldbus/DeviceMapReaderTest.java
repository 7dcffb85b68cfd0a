package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeviceMapReaderTest {
  private static final String HEAD = "{protocol: modbus-tcp, points: [{metric: a, ";

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "address: 1, type: int17}]}|points[0].type: expected one of int16, uint16, int32, uint32,"
            + " float32, int64, uint64, float64, bcd16, bcd32, string, got \"int17\"",
        "type: int16}]}|points[0].address: expected 0 to 65535, got nothing",
        "address: 70000, type: int16}]}|points[0].address: expected 0 to 65535, got 70000",
        "address: 1, type: int16, scale: x}]}|points[0].scale: expected a number, got \"x\"",
        "address: 1, type: int16, scale: 0}]}|points[0].scale: expected a number other than 0, got 0",
        "address: 1, type: int16, unit: foo}]}|points[0].unit: unknown unit \"foo\"",
        "address: 1, type: int16, sclae: 2}]}|points[0].sclae: there is no such field",
        "address: 65535, type: int32}]}|points[0].address: 2 registers from 65535 on go past 65535",
        "address: 1, type: string, length: 126}]}|points[0].length: expected 1 to 125, got 126",
        "address: 1, type: uint16, bit: 16}]}|points[0].bit: expected 0 to 15, got 16",
        "address: 1, type: float32, bit: 1}]}|points[0].bit: only an integer has bits, not a"
            + " float32",
        "address: 1, type: uint16, bits: 4..16}]}"
            + "|points[0].bits: expected FROM..TO within 0..15, got \"4..16\"",
        "address: 1, type: uint16, flags: {16: x}}]}|points[0].flags: expected bits 0 to 15, got"
            + " 16",
        "address: 1, type: int16, table: coil}]}|points[0].type: expected one of bit, got"
            + " \"int16\"",
        "address: 1, type: int16, order: BACD}]}"
            + "|points[0].order: expected one of ABCD, CDAB, BADC, DCBA, got \"BACD\"",
        "address: 1, type: int16, interval: 5}]}"
            + "|points[0].interval: expected PT1S or the like, got 5",
        "address: 1, type: int16, deadband: -1}]}"
            + "|points[0].deadband: expected 0 or more, got -1.0",
        "address: 1, type: int32}, {metric: b, address: 2, type: int16}]}"
            + "|points[1].address: register 2 as int16 overlaps register 1 as int32; overlay: true"
            + " says that both are meant",
        "address: 1, type: int16}, {metric: a, address: 2, type: int16}]}"
            + "|points[1].metric: a is listed twice",
        "address: 1, type: int32}, {metric: b, address: 4, type: int16, exponent: 2}]}"
            + "|points[1].exponent: register 2 as int16 overlaps register 1 as int32; overlay: true"
            + " says that both are meant",
      })
  void namesTheFieldThatIsWrong(String rest, String message) {
    assertThatThrownBy(() -> DeviceMapReader.read(HEAD + rest))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void scalesByThePowerOfTenInAnotherRegister() {
    String map =
        """
        protocol: modbus-tcp
        noValue: {uint16: 0xFFFF}
        points:
          - {metric: voltage, address: 10, type: uint16, exponent: 13, unit: V}
          - {metric: voltage_l2, address: 11, type: uint16, exponent: 13, unit: V}
          - {metric: power_active, address: 14, type: int16, exponent: 15, unit: W}
        """;
    Map<String, Object> poll =
        RegisterImage.read(
            map, Map.of("holding", Map.of("10", List.of(2304, 0xFFFF, 0, 0xFFFF, 7, 0x8000))));
    assertThat(poll.get("measurements"))
        .isEqualTo(
            List.of(
                Map.of("name", "voltage", "value", 230.4, "unit", "V"),
                bad("voltage_l2", "V", "the device has no value here (65535)"),
                bad("power_active", "W", "the device has no scale factor for this value")));
  }

  private static Map<String, Object> bad(String metric, String unit, String reason) {
    Map<String, Object> measurement = new LinkedHashMap<>();
    measurement.put("name", metric);
    measurement.put("value", null);
    measurement.put("unit", unit);
    measurement.put("quality", "bad");
    measurement.put("reason", reason);
    return measurement;
  }

  @Test
  void readsBitsFlagsTextsAndCoils() {
    String map =
        """
        protocol: modbus-tcp
        points:
          - {metric: serial, address: 0, type: string, length: 3}
          - {metric: door, address: 3, type: uint16, bit: 3, values: {0: closed, 1: open}}
          - {metric: stage, address: 3, type: uint16, bits: 4..7}
          - {metric: alarms, address: 3, type: uint16, flags: {0: over_temp, 3: door, 15: battery}}
          - {metric: energy, address: 4, type: bcd16, order: BADC}
          - {metric: raw, address: 3, type: uint32, overlay: true}
          - {metric: fan, address: 7, table: coil}
          - {metric: pump, address: 16, table: coil, values: {0: "off", 1: "on"}}
        """;
    List<Integer> coils = new java.util.ArrayList<>(java.util.Collections.nCopies(12, 0));
    coils.set(1, 1);
    coils.set(10, 1);
    Map<String, Object> poll =
        RegisterImage.read(
            map,
            Map.of(
                "holding",
                Map.of("0", List.of(0x5631, 0x2E30, 0, 0x80A9, 0x3412)),
                "coil",
                Map.of("6", coils)));
    assertThat(poll.get("measurements"))
        .isEqualTo(
            List.of(
                Map.of("name", "serial", "value", "V1.0"),
                Map.of("name", "door", "value", "open"),
                Map.of("name", "stage", "value", 10.0),
                Map.of("name", "alarms", "value", "over_temp,door,battery"),
                Map.of("name", "energy", "value", 1234.0),
                Map.of("name", "raw", "value", (double) 0x80A93412L),
                Map.of("name", "fan", "value", 1.0),
                Map.of("name", "pump", "value", "on")));
  }

  @Test
  void readsAcrossGapsOnlyAsFarAsTheMapAllows() {
    String points =
        """
        points:
          - {metric: a, address: 10, type: int16}
          - {metric: b, address: 14, type: int16}
          - {metric: c, address: 20, type: int16}
        """;
    assertThat(quantities("protocol: modbus-tcp\nmerge: 3\n" + points)).containsExactly(5, 1);
    assertThat(quantities("protocol: modbus-tcp\nmerge: 5\n" + points)).containsExactly(11);
    assertThat(quantities("protocol: modbus-tcp\nmerge: 5\nunreadable: [[12, 12]]\n" + points))
        .containsExactly(1, 7);
    assertThatThrownBy(() -> quantities("protocol: modbus-tcp\nunreadable: [[8, 10]]\n" + points))
        .hasMessage("points[0].address: register 10 is in a range that the map calls unreadable");
    assertThatThrownBy(
            () ->
                DeviceMapReader.read(
                    "{protocol: modbus-tcp, unreadable: [[8, 10]], points: [{metric: a,"
                        + " address: 1, type: int16, exponent: 9}]}"))
        .hasMessage("points[0].exponent: register 9 is in a range that the map calls unreadable");
  }

  private static List<Integer> quantities(String map) {
    return RegisterBlock.plan(DeviceMapReader.read(map).points()).stream()
        .map(RegisterBlock::quantity)
        .toList();
  }

  @Test
  void tellsTheLineOfAMistake() {
    assertThatThrownBy(
            () ->
                DeviceMaps.read(
                    "acme/x.modbus.yaml",
                    """
                    protocol: modbus-tcp
                    points:
                      - {metric: a, address: 1, type: int16}
                      - metric: b
                        address: 70000
                        type: int16
                    """))
        .hasMessage("map acme/x.modbus.yaml:5: points[1].address: expected 0 to 65535, got 70000");
    assertThatThrownBy(() -> DeviceMaps.read("x.yaml", "protocol: modbus-tcp\npoints: [}"))
        .hasMessageStartingWith("map x.yaml: not YAML at line 2: ");
    assertThatThrownBy(
            () -> DeviceMaps.read("x.yaml", "protocol: modbus-tcp\npoints: {a: {address: 1}}"))
        .hasMessage("map x.yaml:2: points: expected a list, each item a point");
  }

  @Test
  void refusesANoValueOfAnotherSize() {
    assertThatThrownBy(
            () -> DeviceMapReader.read("{protocol: modbus-tcp, noValue: {int16: 0x18000}}"))
        .hasMessage(
            "noValue: expected an integer type and its number, as in {int16: 0x8000}, got int16:"
                + " 98304");
  }

  @Test
  void mergesPointsThatTouchAndKeepsOthersApart() {
    DeviceMap map =
        DeviceMapReader.read(
            """
            protocol: modbus-tcp
            points:
              - {metric: c, address: 20, type: int16}
              - {metric: a, address: 0, type: float32}
              - {metric: b, address: 2, type: uint16}
              - {metric: d, address: 3, type: int16, table: input}
              - {metric: e, address: 21, type: int16}
            """);
    List<RegisterBlock> blocks = RegisterBlock.plan(map.points());
    assertThat(blocks)
        .extracting(RegisterBlock::table, RegisterBlock::address, RegisterBlock::quantity)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(Register.Table.HOLDING, 0, 3),
            org.assertj.core.groups.Tuple.tuple(Register.Table.HOLDING, 20, 2),
            org.assertj.core.groups.Tuple.tuple(Register.Table.INPUT, 3, 1));
  }

  @Test
  void neverAsksForMoreThan125Registers() {
    StringBuilder yaml = new StringBuilder("protocol: modbus-tcp\npoints:\n");
    for (int i = 0; i < 200; i++) {
      yaml.append("  - {metric: m").append(i).append(", address: ").append(2 * i);
      yaml.append(", type: float32}\n");
    }
    assertThat(RegisterBlock.plan(DeviceMapReader.read(yaml.toString()).points()))
        .allSatisfy(block -> assertThat(block.quantity()).isLessThanOrEqualTo(125))
        .hasSize(4);
  }

  @Test
  void readsEveryDeviceMapOfTheProject() throws IOException {
    Path root = Path.of(System.getProperty("hub.root", ".")).resolve("mappings");
    try (Stream<Path> files = Files.walk(root)) {
      List<Path> maps =
          files
              .filter(file -> file.toString().matches(".*\\.(modbus|opcua|bacnet)\\.yaml"))
              .toList();
      assertThat(maps).isNotEmpty();
      for (Path map : maps) {
        assertThat(DeviceMapReader.read(Files.readString(map)).points())
            .as(map.toString())
            .isNotEmpty();
      }
    }
  }
}
