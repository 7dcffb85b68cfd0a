package io.caravanhub.sim.bacnet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.caravanhub.sim.plant.FaultTimetable;
import io.caravanhub.sim.plant.Plant;
import io.caravanhub.sim.plant.RooftopUnit;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The octets of the standard's examples, with the unit's own numbers. */
class RooftopBacnetServerTest {
  private final RooftopUnit unit = new Plant(1, FaultTimetable.none()).unit("RTU-2");
  private RooftopBacnetServer server;
  private DatagramSocket client;

  @BeforeEach
  void connect() throws Exception {
    server = new RooftopBacnetServer(unit, 1002, 0);
    client = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    client.setSoTimeout(30_000);
  }

  @AfterEach
  void disconnect() {
    client.close();
    server.close();
  }

  @Test
  void saysWhoItIsToWhoeverAsksForIt() throws Exception {
    send("1008");
    assertThat(receive()).isEqualTo("1000" + "c4020003ea" + "2201e0" + "9101" + "22022b");
  }

  @Test
  void anObjectShowsWhatTheSensorShows() throws Exception {
    send("0005010c" + "0c00000001" + "1955");
    String answer = receive();
    assertThat(answer).startsWith("30010c" + "0c00000001" + "1955" + "3e44").endsWith("3f");
    float value = ByteBuffer.wrap(HexFormat.of().parseHex(answer), 12, 4).getFloat();
    assertThat((double) value).isCloseTo(unit.reading().supplyAirTemp(), within(0.001));
  }

  @Test
  void whatIsNotThereIsAnError() throws Exception {
    send("0005020c" + "0c00000063" + "1955");
    assertThat(receive()).isEqualTo("50020c" + "9101" + "911f");
    send("0005030c" + "0c00000001" + "1967");
    assertThat(receive()).isEqualTo("50030c" + "9102" + "9120");
    send("00050463");
    assertThat(receive()).isEqualTo("600409");
  }

  @Test
  void noiseIsNotAnswered() throws Exception {
    for (String noise : new String[] {"81", "ffffffff", "810a00080100", "810a000a0100000501"}) {
      byte[] octets = HexFormat.of().parseHex(noise);
      client.send(new DatagramPacket(octets, octets.length, at()));
    }
    send("1008");
    assertThat(receive()).startsWith("1000");
  }

  @Test
  void aPortInUseIsNamed() {
    int taken = at().getPort();
    assertThatThrownBy(() -> new RooftopBacnetServer(unit, 1, taken))
        .isInstanceOf(IOException.class)
        .hasMessage("UDP port " + taken + " on 127.0.0.1 is in use");
  }

  private InetSocketAddress at() {
    return new InetSocketAddress(
        InetAddress.getLoopbackAddress(), Integer.parseInt(server.address().split(":")[1]));
  }

  private void send(String apdu) throws Exception {
    String packet = String.format("810a%04x0104", apdu.length() / 2 + 6) + apdu;
    byte[] octets = HexFormat.of().parseHex(packet);
    client.send(new DatagramPacket(octets, octets.length, at()));
  }

  private String receive() throws Exception {
    DatagramPacket packet = new DatagramPacket(new byte[1500], 1500);
    client.receive(packet);
    return HexFormat.of().formatHex(Arrays.copyOfRange(packet.getData(), 6, packet.getLength()));
  }
}
