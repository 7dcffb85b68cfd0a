package io.caravanhub.core.fieldbus;

import com.digitalpetri.modbus.ExceptionCode;
import com.digitalpetri.modbus.FunctionCode;
import com.digitalpetri.modbus.exceptions.ModbusResponseException;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersRequest;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersResponse;
import com.digitalpetri.modbus.server.ModbusRequestContext;
import com.digitalpetri.modbus.server.ModbusServices;
import com.digitalpetri.modbus.server.ModbusTcpServer;
import com.digitalpetri.modbus.tcp.server.NettyTcpServerTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A Modbus TCP server whose register n of unit u holds 1000 u + n unless set otherwise. */
final class RegisterServer implements ModbusServices, AutoCloseable {
  final Map<Integer, Integer> registers = new ConcurrentHashMap<>();
  final Set<Integer> refused = ConcurrentHashMap.newKeySet();
  final AtomicInteger requests = new AtomicInteger();
  final int port = freePort();
  private final ModbusTcpServer server;

  RegisterServer() throws Exception {
    server =
        ModbusTcpServer.create(
            NettyTcpServerTransport.create(
                transport -> transport.setBindAddress("127.0.0.1").setPort(port)),
            this);
    server.start();
  }

  static int freePort() {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  void setFloat(int address, float value) {
    int bits = Float.floatToIntBits(value);
    registers.put(address, bits >>> 16);
    registers.put(address + 1, bits & 0xFFFF);
  }

  @Override
  public ReadHoldingRegistersResponse readHoldingRegisters(
      ModbusRequestContext context, int unitId, ReadHoldingRegistersRequest request)
      throws ModbusResponseException {
    requests.incrementAndGet();
    ByteBuffer bytes = ByteBuffer.allocate(2 * request.quantity());
    for (int at = request.address(); at < request.address() + request.quantity(); at++) {
      if (refused.contains(at)) {
        throw new ModbusResponseException(
            FunctionCode.READ_HOLDING_REGISTERS, ExceptionCode.ILLEGAL_DATA_ADDRESS);
      }
      bytes.putShort(registers.getOrDefault(at, 1000 * unitId + at).shortValue());
    }
    return new ReadHoldingRegistersResponse(bytes.array());
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
