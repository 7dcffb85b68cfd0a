package io.caravanhub.core.fieldbus;

import java.util.Arrays;
import java.util.List;

/** Requests and answers of the Modbus Application Protocol V1.1b3, clause 6. */
final class ModbusPdu {
  private static final int EXCEPTION = 0x80;
  private static final List<String> EXCEPTIONS =
      List.of(
          "no exception",
          "illegal function",
          "illegal data address",
          "illegal data value",
          "slave device failure",
          "acknowledge",
          "slave device busy",
          "exception",
          "memory parity error",
          "exception",
          "gateway path unavailable",
          "gateway target device failed to respond");

  private ModbusPdu() {}

  static byte[] read(Register.Table table, int address, int quantity) {
    return request(table.function(), address, quantity);
  }

  /** Function codes 5 and 6. */
  static byte[] writeSingle(int function, int address, int value) {
    return request(function, address, value);
  }

  /** Function codes 15 and 16. */
  static byte[] writeMultiple(int function, int address, int quantity, byte[] values) {
    byte[] pdu = Arrays.copyOf(request(function, address, quantity), 6 + values.length);
    pdu[5] = (byte) values.length;
    System.arraycopy(values, 0, pdu, 6, values.length);
    return pdu;
  }

  private static byte[] request(int function, int first, int second) {
    return new byte[] {
      (byte) function, (byte) (first >> 8), (byte) first, (byte) (second >> 8), (byte) second
    };
  }

  /** What a request asks for, for people. */
  static String shown(byte[] request) {
    String table =
        switch (request[0]) {
          case 1, 5, 15 -> "coil";
          case 2 -> "discrete";
          case 4 -> "input";
          default -> "holding";
        };
    boolean one = request[0] == 5 || request[0] == 6;
    return "%s %s %d, quantity %d"
        .formatted(
            request[0] <= 4 ? "read" : "write",
            table,
            ModbusFraming.word(request, 1),
            one ? 1 : ModbusFraming.word(request, 3));
  }

  /**
   * What an answer brought: the registers of a read, nothing of a write.
   *
   * @throws ModbusRefusal when the device refused
   * @throws IllegalStateException when it is no answer to the request
   */
  static byte[] content(byte[] request, byte[] answer) {
    int function = answer[0] & 0xFF;
    if (function == (request[0] | EXCEPTION) && answer.length == 2) {
      throw new ModbusRefusal(answer[1] & 0xFF);
    }
    if (function != request[0]) {
      throw new IllegalStateException(
          "the device answered function " + function + ", function " + request[0] + " was asked");
    }
    return request[0] <= 4 ? read(request, answer) : written(request, answer);
  }

  private static byte[] read(byte[] request, byte[] answer) {
    int quantity = ModbusFraming.word(request, 3);
    int expected = request[0] <= 2 ? (quantity + 7) / 8 : 2 * quantity;
    if (answer.length != expected + 2 || (answer[1] & 0xFF) != expected) {
      throw new IllegalStateException(
          "the device gave %d bytes, %d were asked for".formatted(answer.length - 2, expected));
    }
    return Arrays.copyOfRange(answer, 2, answer.length);
  }

  private static byte[] written(byte[] request, byte[] answer) {
    if (!Arrays.equals(answer, Arrays.copyOf(request, 5))) {
      throw new IllegalStateException("the device did not repeat what was written");
    }
    return new byte[0];
  }

  static String exception(int code) {
    return (code < EXCEPTIONS.size() ? EXCEPTIONS.get(code) : "exception") + " (" + code + ")";
  }
}
