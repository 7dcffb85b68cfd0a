package io.caravanhub.edge;

import com.digitalpetri.modbus.pdu.ReadHoldingRegistersRequest;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersResponse;
import com.digitalpetri.modbus.server.ModbusRequestContext;
import com.digitalpetri.modbus.server.ModbusServices;
import com.digitalpetri.modbus.server.ModbusTcpServer;
import com.digitalpetri.modbus.tcp.server.NettyTcpServerTransport;

/** A Modbus TCP device on a free port of the loopback interface, whose registers all hold zero. */
final class ZeroModbusDevice implements AutoCloseable {
  private final int port = StandInHub.freePort();
  private final ModbusTcpServer server;

  ZeroModbusDevice() throws Exception {
    ModbusServices registers =
        new ModbusServices() {
          @Override
          public ReadHoldingRegistersResponse readHoldingRegisters(
              ModbusRequestContext context, int unit, ReadHoldingRegistersRequest request) {
            return new ReadHoldingRegistersResponse(new byte[2 * request.quantity()]);
          }
        };
    server =
        ModbusTcpServer.create(
            NettyTcpServerTransport.create(
                transport -> transport.setBindAddress("127.0.0.1").setPort(port)),
            registers);
    server.start();
  }

  int port() {
    return port;
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
