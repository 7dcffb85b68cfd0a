package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModbusWriteTest {
  @TempDir static Path maps;
  private static RegisterServer server;
  private static FieldbusFixture fieldbus;

  @BeforeAll
  static void start() throws Exception {
    server = new RegisterServer();
    fieldbus =
        new FieldbusFixture(maps, "modbus-tcp", "refresh=50&timeout=5000&deadline=10000", true);
    String points =
        """
        points:
          - {metric: setpoint, address: 0, type: int16, scale: 0.1, unit: Cel, writable: true,
             min: 15, max: 30}
          - {metric: flow, address: 10, type: float32, order: CDAB, writable: true}
          - {metric: mode, address: 20, type: uint16, writable: true, values: {0: "off", 2: auto}}
          - {metric: stage, address: 30, type: uint16, bits: 4..7, writable: true}
          - {metric: fan, address: 3, table: coil, writable: true}
          - {metric: locked, address: 40, type: int16, writable: true}
          - {metric: inlet, address: 50, type: int16, table: input, writable: true}
          - {metric: runtime, address: 60, type: int16}
        """;
    fieldbus.map("single.yaml", "protocol: modbus-tcp\n" + points);
    fieldbus.map("multiple.yaml", "protocol: modbus-tcp\nwriteFunctions: multiple\n" + points);
    server.refused.add(40);
    connect("D", "single.yaml", Map.of("writes", "true"));
    connect("M", "multiple.yaml", Map.of("writes", "true"));
    connect("OFF", "single.yaml", Map.of());
    for (String device : List.of("D", "M", "OFF")) {
      fieldbus.awaitValue(device, "runtime", 1060);
    }
  }

  @AfterAll
  static void stop() throws Exception {
    fieldbus.close();
    server.close();
  }

  @BeforeEach
  void forget() {
    server.writes.clear();
  }

  private static void connect(String device, String map, Map<String, String> options) {
    fieldbus.connections.add(
        new FieldbusConnection(
            "default",
            device,
            "modbus-tcp",
            "127.0.0.1:" + server.port,
            1,
            map,
            Duration.ofMillis(50),
            options));
  }

  private static WriteResult write(String device, String metric, Object value) throws Exception {
    return fieldbus.component().write("default", device, metric, value).get(30, TimeUnit.SECONDS);
  }

  @Test
  void writesOneRegisterAndReadsItBack() throws Exception {
    assertThat(write("D", "setpoint", 21.5)).isEqualTo(WriteResult.done(21.5));
    assertThat(server.registers).containsEntry(0, 215);
    assertThat(server.writes).containsExactly("6:0");
  }

  @Test
  void writesTwoRegistersInTheirOrder() throws Exception {
    assertThat(write("D", "flow", 13.2)).isEqualTo(WriteResult.done(13.2));
    assertThat(server.registers).containsEntry(10, 0x3333).containsEntry(11, 0x4153);
    assertThat(server.writes).containsExactly("16:10");
  }

  @Test
  void writesStatesBitsAndCoils() throws Exception {
    assertThat(write("D", "mode", "auto")).isEqualTo(WriteResult.done("auto"));
    server.registers.put(30, 0x1F0F);
    assertThat(write("D", "stage", 10)).isEqualTo(WriteResult.done(10.0));
    assertThat(server.registers).containsEntry(20, 2).containsEntry(30, 0x1FAF);
    assertThat(write("D", "fan", true)).isEqualTo(WriteResult.done(1.0));
    assertThat(server.coils).containsEntry(3, true);
    assertThat(server.writes).containsExactly("6:20", "6:30", "5:3");
  }

  @Test
  void writesWithTheMultipleFunctionsWhereTheMapSaysSo() throws Exception {
    assertThat(write("M", "setpoint", 20).state()).isEqualTo(WriteResult.State.DONE);
    assertThat(write("M", "fan", false).state()).isEqualTo(WriteResult.State.DONE);
    assertThat(server.writes).containsExactly("16:0", "15:3");
  }

  @Test
  void refusesWhatMayNotBeWritten() throws Exception {
    assertThat(
            List.of(
                write("OFF", "setpoint", 20),
                write("D", "runtime", 1),
                write("D", "nothing", 1),
                write("D", "setpoint", 31),
                write("D", "setpoint", "99"),
                write("D", "setpoint", true),
                write("D", "flow", false),
                write("D", "flow", "1e999999999"),
                write("D", "mode", true),
                write("D", "mode", "boost"),
                write("D", "stage", 16),
                write("D", "inlet", 1),
                write("NOBODY", "setpoint", 1),
                write("D", "locked", 1)))
        .allSatisfy(result -> assertThat(result.state()).isEqualTo(WriteResult.State.REFUSED))
        .extracting(WriteResult::reason)
        .satisfiesExactly(
            off -> assertThat(off).startsWith("writes are off for this connection"),
            plain -> assertThat(plain).startsWith("runtime: is not writable"),
            none -> assertThat(none).isEqualTo("nothing: the device's map has no such metric"),
            high -> assertThat(high).isEqualTo("setpoint: expected 15.0 to 30.0, got 31"),
            text -> assertThat(text).isEqualTo("setpoint: expected 15.0 to 30.0, got 99"),
            on -> assertThat(on).isEqualTo("setpoint: expected 15.0 to 30.0, got true"),
            off -> assertThat(off).startsWith("flow: expected"),
            huge -> assertThat(huge).startsWith("flow: expected"),
            unnamed -> assertThat(unnamed).startsWith("mode: expected"),
            state -> assertThat(state).contains("got boost"),
            bits -> assertThat(bits).isEqualTo("the bits hold 0 to 15, not 16"),
            input -> assertThat(input).contains("is an input"),
            nobody -> assertThat(nobody).isEqualTo("NOBODY is not read over a fieldbus here"),
            refused -> assertThat(refused).isEqualTo("the device refused: illegal data value (3)"));
    assertThat(server.writes).isEmpty();
  }
}
