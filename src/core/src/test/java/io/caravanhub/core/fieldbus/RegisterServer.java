package io.caravanhub.core.fieldbus;

import com.digitalpetri.modbus.ExceptionCode;
import com.digitalpetri.modbus.FunctionCode;
import com.digitalpetri.modbus.exceptions.ModbusResponseException;
import com.digitalpetri.modbus.pdu.ReadCoilsRequest;
import com.digitalpetri.modbus.pdu.ReadCoilsResponse;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersRequest;
import com.digitalpetri.modbus.pdu.ReadHoldingRegistersResponse;
import com.digitalpetri.modbus.pdu.ReadInputRegistersRequest;
import com.digitalpetri.modbus.pdu.ReadInputRegistersResponse;
import com.digitalpetri.modbus.pdu.WriteMultipleCoilsRequest;
import com.digitalpetri.modbus.pdu.WriteMultipleCoilsResponse;
import com.digitalpetri.modbus.pdu.WriteMultipleRegistersRequest;
import com.digitalpetri.modbus.pdu.WriteMultipleRegistersResponse;
import com.digitalpetri.modbus.pdu.WriteSingleCoilRequest;
import com.digitalpetri.modbus.pdu.WriteSingleCoilResponse;
import com.digitalpetri.modbus.pdu.WriteSingleRegisterRequest;
import com.digitalpetri.modbus.pdu.WriteSingleRegisterResponse;
import com.digitalpetri.modbus.server.ModbusRequestContext;
import com.digitalpetri.modbus.server.ModbusRtuServer;
import com.digitalpetri.modbus.server.ModbusServer;
import com.digitalpetri.modbus.server.ModbusServices;
import com.digitalpetri.modbus.server.ModbusTcpServer;
import com.digitalpetri.modbus.tcp.server.NettyRtuServerTransport;
import com.digitalpetri.modbus.tcp.server.NettyTcpServerTransport;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A Modbus TCP server whose register n of unit u holds 1000 u + n unless set otherwise. */
final class RegisterServer implements ModbusServices, AutoCloseable {
  final Map<Integer, Integer> registers = new ConcurrentHashMap<>();
  final Set<Integer> refused = ConcurrentHashMap.newKeySet();
  final AtomicInteger requests = new AtomicInteger();
  final int port = freePort();
  final Map<Integer, Boolean> coils = new ConcurrentHashMap<>();
  final List<String> writes = new CopyOnWriteArrayList<>();
  private final ModbusServer server;

  RegisterServer() throws Exception {
    this(false);
  }

  /**
   * @param rtu frames of the serial line over TCP
   */
  RegisterServer(boolean rtu) throws Exception {
    server =
        rtu
            ? ModbusRtuServer.create(
                NettyRtuServerTransport.create(
                    transport -> transport.setBindAddress("127.0.0.1").setPort(port)),
                this)
            : ModbusTcpServer.create(
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
  public ReadInputRegistersResponse readInputRegisters(
      ModbusRequestContext context, int unitId, ReadInputRegistersRequest request)
      throws ModbusResponseException {
    return new ReadInputRegistersResponse(
        readHoldingRegisters(
                context,
                unitId,
                new ReadHoldingRegistersRequest(request.address(), request.quantity()))
            .registers());
  }

  @Override
  public ReadCoilsResponse readCoils(
      ModbusRequestContext context, int unitId, ReadCoilsRequest request) {
    byte[] bits = new byte[(request.quantity() + 7) / 8];
    for (int i = 0; i < request.quantity(); i++) {
      if (coils.getOrDefault(request.address() + i, false)) {
        bits[i / 8] |= (byte) (1 << i % 8);
      }
    }
    return new ReadCoilsResponse(bits);
  }

  @Override
  public WriteSingleCoilResponse writeSingleCoil(
      ModbusRequestContext context, int unitId, WriteSingleCoilRequest request) {
    writes.add("5:" + request.address());
    coils.put(request.address(), request.value() == 0xFF00);
    return new WriteSingleCoilResponse(request.address(), request.value());
  }

  @Override
  public WriteMultipleCoilsResponse writeMultipleCoils(
      ModbusRequestContext context, int unitId, WriteMultipleCoilsRequest request) {
    writes.add("15:" + request.address());
    for (int i = 0; i < request.quantity(); i++) {
      coils.put(request.address() + i, (request.values()[i / 8] >> i % 8 & 1) == 1);
    }
    return new WriteMultipleCoilsResponse(request.address(), request.quantity());
  }

  @Override
  public WriteSingleRegisterResponse writeSingleRegister(
      ModbusRequestContext context, int unitId, WriteSingleRegisterRequest request)
      throws ModbusResponseException {
    requireWritable(request.address(), FunctionCode.WRITE_SINGLE_REGISTER);
    writes.add("6:" + request.address());
    registers.put(request.address(), request.value());
    return new WriteSingleRegisterResponse(request.address(), request.value());
  }

  @Override
  public WriteMultipleRegistersResponse writeMultipleRegisters(
      ModbusRequestContext context, int unitId, WriteMultipleRegistersRequest request)
      throws ModbusResponseException {
    requireWritable(request.address(), FunctionCode.WRITE_MULTIPLE_REGISTERS);
    writes.add("16:" + request.address());
    for (int i = 0; i < request.quantity(); i++) {
      registers.put(request.address() + i, (int) ByteBuffer.wrap(request.values()).getShort(2 * i));
    }
    return new WriteMultipleRegistersResponse(request.address(), request.quantity());
  }

  private void requireWritable(int address, FunctionCode function) throws ModbusResponseException {
    if (refused.contains(address)) {
      throw new ModbusResponseException(function, ExceptionCode.ILLEGAL_DATA_VALUE);
    }
  }

  @Override
  public void close() throws Exception {
    server.stop();
  }
}
