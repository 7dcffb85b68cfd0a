package io.caravanhub.sim.modbus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.digitalpetri.modbus.client.ModbusTcpClient;
import com.digitalpetri.modbus.exceptions.ModbusResponseException;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersRequest;
import com.digitalpetri.modbus.tcp.client.NettyTcpClientTransport;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.caravanhub.sim.plant.FaultTimetable;
import io.caravanhub.sim.plant.HvacReading;
import io.caravanhub.sim.plant.Plant;
import io.caravanhub.sim.plant.RooftopUnit;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RooftopModbusServerTest {
  private final RooftopUnit unit = new Plant(1, FaultTimetable.none()).unit("RTU-1");
  private RooftopModbusServer server;
  private ModbusTcpClient client;

  @BeforeEach
  void connect() throws Exception {
    server = new RooftopModbusServer(unit, 0);
    int port = Integer.parseInt(server.address().split(":")[1]);
    client =
        ModbusTcpClient.create(
            NettyTcpClientTransport.create(to -> to.setHostname("127.0.0.1").setPort(port)),
            config -> config.setRequestTimeout(Duration.ofMillis(500)));
    client.connect();
  }

  @AfterEach
  void disconnect() throws Exception {
    client.disconnect();
    server.close();
  }

  @Test
  void theMapOfTheDeviceReadsWhatTheSensorsShow() throws Exception {
    Map<String, Double> read = readByMap();
    HvacReading shown = unit.reading();

    assertThat(read.get("suction_pressure")).isCloseTo(shown.suctionPressure(), within(0.01));
    assertThat(read.get("superheat")).isCloseTo(shown.superheat(), within(0.001));
    assertThat(read.get("runtime")).isCloseTo(shown.runtime(), within(0.01));
    assertThat(read.get("supply_air_temp")).isCloseTo(shown.supplyAirTemp(), within(0.0051));
    assertThat(read.get("return_air_temp")).isCloseTo(shown.returnAirTemp(), within(0.0051));
    assertThat(read.get("filter_pressure_drop"))
        .isCloseTo(shown.filterPressureDrop(), within(0.051));
    assertThat(read.get("compressor_status")).isEqualTo(shown.compressorOn() ? 1 : 0);
    assertThat(read).hasSize(14);
  }

  @Test
  void aRegisterTheDeviceDoesNotHaveIsAnIllegalDataAddress() {
    assertThatThrownBy(() -> client.readHoldingRegisters(1, new ReadHoldingRegistersRequest(63, 2)))
        .isInstanceOfSatisfying(
            ModbusResponseException.class, e -> assertThat(e.getExceptionCode()).isEqualTo(2));
  }

  @Test
  void anotherUnitIdIsNotAnswered() {
    assertThatThrownBy(() -> client.readHoldingRegisters(2, new ReadHoldingRegistersRequest(0, 2)))
        .isInstanceOf(Exception.class);
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      assertThatThrownBy(() -> new RooftopModbusServer(unit, taken.getLocalPort()))
          .isInstanceOf(IOException.class)
          .hasMessage("port " + taken.getLocalPort() + " on 127.0.0.1 is in use");
    }
  }

  private Map<String, Double> readByMap() throws Exception {
    Path map =
        Path.of(System.getProperty("hub.root", "../.."), "mappings/norvane/rx500.modbus.yaml");
    Map<String, Double> values = new HashMap<>();
    for (JsonNode point : new YAMLMapper().readTree(map.toFile()).path("points")) {
      boolean real = point.path("type").asText().equals("float32");
      ByteBuffer registers = read(point.path("address").asInt(), real ? 2 : 1);
      double raw = real ? registers.getFloat() : registers.getShort();
      values.put(point.path("metric").asText(), raw * point.path("scale").asDouble(1));
    }
    return values;
  }

  private ByteBuffer read(int address, int quantity) throws Exception {
    return ByteBuffer.wrap(
        client
            .readHoldingRegisters(1, new ReadHoldingRegistersRequest(address, quantity))
            .registers());
  }
}
