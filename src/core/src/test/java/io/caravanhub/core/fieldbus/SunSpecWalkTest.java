package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SunSpecWalkTest {
  private static void put(RegisterServer server, int address, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    for (int i = 0; i < 16; i++) {
      int high = 2 * i < bytes.length ? bytes[2 * i] : 0;
      int low = 2 * i + 1 < bytes.length ? bytes[2 * i + 1] : 0;
      server.registers.put(address + i, high << 8 | low);
    }
  }

  private static int model(RegisterServer server, int address, int id, int length) {
    server.registers.put(address, id);
    server.registers.put(address + 1, length);
    return address + 2 + length;
  }

  @Test
  void makesAMapOfTheModelsThatADeviceHas() throws Exception {
    try (RegisterServer server = new RegisterServer()) {
      server.registers.put(40000, 0x5375);
      server.registers.put(40001, 0x6E53);
      int next = model(server, 40002, 1, 65);
      put(server, 40004, "Acme");
      put(server, 40020, "S-10");
      put(server, 40052, "007");
      int inverter = next;
      next = model(server, next, 103, 50);
      next = model(server, next, 120, 26);
      next = model(server, next, 201, 105);
      next = model(server, next, 802, 62);
      model(server, next, 0xFFFF, 0);
      SunSpecWalk.Found found =
          FieldbusDiscovery.sunSpec(
              URI.create("modbus-tcp://127.0.0.1:" + server.port + "?unit=1"));
      assertThat(found.title()).isEqualTo("Acme, S-10, 007");
      assertThat(found.models())
          .extracting(SunSpecWalk.Model::id)
          .containsExactly(1, 103, 120, 201, 802);
      assertThat(inverter).isEqualTo(40069);
      assertThat(found.map())
          .startsWith("# Acme, S-10, 007, by a walk of its SunSpec models.\n")
          .contains("# model 120 at 40121: not known here")
          .contains("  - {metric: power, address: 40083, type: int16, exponent: 40084, unit: W}")
          .contains("metric: meter_power,")
          .contains("metric: battery_soc,")
          .doesNotContain("meter_voltage_l2");
      DeviceMap map = DeviceMapReader.read(found.map());
      assertThat(map.points()).hasSize(found.points());
      DeviceMap ours =
          DeviceMapReader.read(
              Files.readString(
                  Path.of(System.getProperty("hub.root", "."))
                      .resolve("mappings/sunspec/inverter-103.modbus.yaml")));
      assertThat(map.points().subList(0, ours.points().size()))
          .extracting(DevicePoint::metric)
          .isEqualTo(ours.points().stream().map(DevicePoint::metric).toList());
    }
  }

  @Test
  void saysWhenADeviceHasNoModels() {
    assertThatThrownBy(() -> SunSpecWalk.walk((address, quantity) -> new int[quantity]))
        .isInstanceOf(IOException.class)
        .hasMessage("no SunSpec device: \"SunS\" is at none of 40000, 0 and 50000");
    Map<Integer, Integer> endless = Map.of(0, 0x5375, 1, 0x6E53);
    assertThatThrownBy(
            () ->
                SunSpecWalk.walk(
                    (address, quantity) ->
                        new int[] {
                          endless.getOrDefault(address, 7), endless.getOrDefault(address + 1, 0)
                        }))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("the device's list of models has no end");
  }

  @Test
  void saysWhenNobodyAnswers() {
    int port = RegisterServer.freePort();
    assertThatThrownBy(
            () -> FieldbusDiscovery.sunSpec(URI.create("modbus-tcp://127.0.0.1:" + port)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("127.0.0.1:" + port);
    assertThatThrownBy(() -> FieldbusDiscovery.sunSpec(URI.create("modbus-tcp://h:1?baud=9600")))
        .hasMessage("baud: modbus-tcp has no such option");
  }
}
