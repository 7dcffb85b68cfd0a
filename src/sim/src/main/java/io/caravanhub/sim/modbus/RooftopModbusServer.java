package io.caravanhub.sim.modbus;

import com.digitalpetri.modbus.ExceptionCode;
import com.digitalpetri.modbus.FunctionCode;
import com.digitalpetri.modbus.exceptions.ModbusResponseException;
import com.digitalpetri.modbus.exceptions.UnknownUnitIdException;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersRequest;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersResponse;
import com.digitalpetri.modbus.server.ModbusRequestContext;
import com.digitalpetri.modbus.server.ModbusServices;
import com.digitalpetri.modbus.server.ModbusTcpServer;
import com.digitalpetri.modbus.tcp.server.NettyTcpServerTransport;
import io.caravanhub.sim.device.LoopbackPort;
import io.caravanhub.sim.plant.RooftopUnit;
import java.util.Arrays;

/**
 * A rooftop unit's Modbus TCP server on the loopback interface. It knows one unit id and the
 * function code 3, read holding registers; every read is one consistent snapshot of the sensors.
 */
public final class RooftopModbusServer implements AutoCloseable {
  /** The unit id it answers to. */
  public static final int UNIT_ID = 1;

  private final ModbusTcpServer server;
  private final int port;

  /**
   * Binds and starts it.
   *
   * @param wantedPort 0 for a free one
   */
  public RooftopModbusServer(RooftopUnit unit, int wantedPort) throws Exception {
    port = LoopbackPort.claim(wantedPort);
    server =
        ModbusTcpServer.create(
            NettyTcpServerTransport.create(
                transport -> transport.setBindAddress("127.0.0.1").setPort(port)),
            new Registers(unit));
    server.start();
  }

  /** Where clients connect, {@code host:port}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }

  private record Registers(RooftopUnit unit) implements ModbusServices {
    @Override
    public ReadHoldingRegistersResponse readHoldingRegisters(
        ModbusRequestContext context, int unitId, ReadHoldingRegistersRequest request)
        throws ModbusResponseException, UnknownUnitIdException {
      if (unitId != UNIT_ID) {
        throw new UnknownUnitIdException(unitId);
      }
      int from = request.address();
      int to = from + request.quantity();
      if (to > Rx500Registers.COUNT) {
        throw new ModbusResponseException(
            FunctionCode.READ_HOLDING_REGISTERS, ExceptionCode.ILLEGAL_DATA_ADDRESS);
      }
      byte[] all = Rx500Registers.of(unit.reading());
      return new ReadHoldingRegistersResponse(Arrays.copyOfRange(all, 2 * from, 2 * to));
    }
  }
}
