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
            + " float32, int64, uint64, float64, got \"int17\"",
        "type: int16}]}|points[0].address: expected 0 to 65535, got nothing",
        "address: 70000, type: int16}]}|points[0].address: expected 0 to 65535, got 70000",
        "address: 1, type: int16, scale: x}]}|points[0].scale: expected a number, got \"x\"",
        "address: 1, type: int16, unit: foo}]}|points[0].unit: unknown unit \"foo\"",
        "address: 1, type: int16, sclae: 2}]}|points[0].sclae: there is no such field",
        "address: 1, type: int16}, {metric: a, address: 2, type: int16}]}"
            + "|points[1].metric: a is listed twice",
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
          files.filter(file -> file.toString().matches(".*\\.(modbus|opcua)\\.yaml")).toList();
      assertThat(maps).isNotEmpty();
      for (Path map : maps) {
        assertThat(DeviceMapReader.read(Files.readString(map)).points())
            .as(map.toString())
            .isNotEmpty();
      }
    }
  }
}
