package io.caravanhub.core.fieldbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModbusRtuTest {
  private static final String MAP =
      """
      protocol: modbus-tcp
      points:
        - {metric: a, address: 7, type: uint16}
        - {metric: b, address: 30, type: uint32, table: input}
      """;

  // A busy machine takes its time, and a unit that is silent is not to hold up the line all the
  // time.
  private static final String PATIENT =
      "refresh=50&timeout=1000&deadline=3000&minBackOff=400&maxBackOff=800";

  @TempDir Path maps;

  private static FieldbusConnection connection(
      String protocol, String device, String address, int unit, Map<String, String> options) {
    return new FieldbusConnection(
        "default",
        device,
        protocol,
        address,
        unit,
        "m.modbus.yaml",
        Duration.ofMillis(50),
        options);
  }

  @Test
  void readsSeveralUnitsOverOneConnectionToASerialGateway() throws Exception {
    try (RegisterServer server = new RegisterServer(true);
        TcpProxy proxy = new TcpProxy(server.port);
        FieldbusFixture fieldbus = new FieldbusFixture(maps, "modbus-rtu-tcp", PATIENT, true)) {
      fieldbus.map("m.modbus.yaml", MAP);
      for (int unit = 1; unit <= 3; unit++) {
        fieldbus.connections.add(
            connection("modbus-rtu-tcp", "U" + unit, "127.0.0.1:" + proxy.port(), unit, Map.of()));
      }
      fieldbus.awaitValue("U1", "a", 1007);
      fieldbus.awaitValue("U3", "a", 3007);
      fieldbus.awaitValue("U2", "b", 2030L << 16 | 2031);
      // A time-out on a busy machine opens it again; each unit having its own would be three.
      int accepted = proxy.accepted.get();
      assertThat(accepted).isLessThan(3);
      proxy.cut();
      await().atMost(Duration.ofSeconds(30)).until(() -> proxy.accepted.get() > accepted);
      long reads = fieldbus.status("U1").reads();
      await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.status("U1").reads() > reads + 1);
    }
  }

  @Test
  void refusesAFrameWithAWrongChecksum() throws Exception {
    byte[] frame = {1, 3, 4, 0, 7, 0, 8, 0x55, 0x55};
    try (ScriptedDevice device = new ScriptedDevice(request -> frame);
        FieldbusFixture fieldbus = new FieldbusFixture(maps, "modbus-rtu-tcp", PATIENT, true)) {
      fieldbus.map(
          "m.modbus.yaml",
          "{protocol: modbus-rtu, points: [{metric: a, address: 7, type: int32}]}");
      fieldbus.connections.add(connection("modbus-rtu-tcp", "D", device.address(), 1, Map.of()));
      fieldbus.awaitReason("D", "a", "CRC error in the answer");
      await().atMost(Duration.ofSeconds(30)).until(() -> device.accepted.get() > 2);
    }
  }

  /** A pseudo-terminal whose other end is a device of unit 5, a register n holding 5000 + n. */
  private static final String SERIAL_DEVICE =
      """
      import os, pty, sys, tty
      master, slave = pty.openpty()
      tty.setraw(master); tty.setraw(slave)
      print(os.ttyname(slave), flush=True)
      def crc(data):
          c = 0xFFFF
          for b in data:
              c ^= b
              for _ in range(8):
                  c = c >> 1 ^ 0xA001 if c & 1 else c >> 1
          return bytes([c & 255, c >> 8])
      got = b''
      while True:
          got += os.read(master, 256)
          while len(got) >= 8:
              frame, got = got[:8], got[8:]
              assert crc(frame[:6]) == frame[6:8]
              if frame[0] != 5:
                  continue
              first, count = frame[2] << 8 | frame[3], frame[4] << 8 | frame[5]
              values = b''.join((5000 + first + i).to_bytes(2, 'big') for i in range(count))
              body = bytes([5, frame[1], 2 * count]) + values
              os.write(master, body + crc(body))
      """;

  @Test
  void readsASerialLineAndTellsTheUnitThatIsNotThere() throws Exception {
    Process peer;
    try {
      peer = new ProcessBuilder("python3", "-c", SERIAL_DEVICE).start();
    } catch (java.io.IOException e) {
      assumeThat(false).as("python3 makes the pseudo-terminal, and is not there").isTrue();
      return;
    }
    try (BufferedReader said = peer.inputReader(StandardCharsets.UTF_8);
        FieldbusFixture fieldbus = new FieldbusFixture(maps, "modbus-rtu", PATIENT, true)) {
      String port = said.readLine();
      assumeThat(port).as("python3 can open a pseudo-terminal").isNotNull();
      fieldbus.map("m.modbus.yaml", MAP);
      Map<String, String> options = Map.of("baud", "38400", "parity", "none", "silence", "1");
      fieldbus.connections.add(connection("modbus-rtu", "U5", port, 5, options));
      fieldbus.connections.add(connection("modbus-rtu", "U6", port, 6, options));
      fieldbus.awaitValue("U5", "a", 5007);
      fieldbus.awaitValue("U5", "b", 5030L << 16 | 5031);
      fieldbus.awaitReason(
          "U6", "a", "no answer within 1000 ms to unit 6, read holding 7, quantity 1");
      long reads = fieldbus.status("U5").reads();
      await().atMost(Duration.ofSeconds(30)).until(() -> fieldbus.status("U5").reads() > reads + 3);
    } finally {
      peer.destroy();
    }
  }

  @Test
  void saysWhenThereIsNoSuchPort() throws Exception {
    try (FieldbusFixture fieldbus = new FieldbusFixture(maps, "modbus-rtu", PATIENT, true)) {
      fieldbus.map("m.modbus.yaml", MAP);
      fieldbus.connections.add(connection("modbus-rtu", "D", "/dev/ttyNONE", 1, Map.of()));
      fieldbus.awaitReason("D", "a", "address: there is no serial port /dev/ttyNONE");
    }
  }
}
