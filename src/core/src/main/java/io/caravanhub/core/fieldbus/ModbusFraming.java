package io.caravanhub.core.fieldbus;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a request and its answer are wrapped on a line. Knows the request that is out; whatever is
 * not the answer to it is refused. Not safe for several threads.
 */
abstract class ModbusFraming {
  private static final int LARGEST = 260;
  private byte[] waiting = new byte[0];

  /** The bytes of a request, which is the one that is out from now on. */
  final byte[] request(int unit, byte[] pdu) {
    waiting = new byte[0];
    return wrap(unit, pdu);
  }

  /**
   * Takes bytes of the answer; its PDU once it is whole, else null.
   *
   * @throws IllegalStateException when they are not the answer to the request that is out
   */
  final byte @Nullable [] answer(byte[] bytes) {
    int length = waiting.length;
    waiting = Arrays.copyOf(waiting, length + bytes.length);
    System.arraycopy(bytes, 0, waiting, length, bytes.length);
    int whole = length(waiting);
    if (waiting.length > LARGEST || (whole > 0 && waiting.length > whole)) {
      throw new IllegalStateException("the device sent more than an answer");
    }
    return whole == 0 || waiting.length < whole ? null : unwrap(waiting);
  }

  abstract byte[] wrap(int unit, byte[] pdu);

  /** How long the frame is that begins so, 0 while that is not known. */
  abstract int length(byte[] begun);

  abstract byte[] unwrap(byte[] frame);

  static int word(byte[] bytes, int at) {
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }

  static void requireUnit(int unit, int expected) {
    if (unit != expected) {
      throw new IllegalStateException(
          "unit " + unit + " answered, unit " + expected + " was asked");
    }
  }

  /** Modbus Messaging on TCP/IP V1.0b, clause 3.1.3. */
  static final class Mbap extends ModbusFraming {
    private static final int HEADER = 7;
    private int transaction;
    private int unit;

    @Override
    byte[] wrap(int unit, byte[] pdu) {
      this.unit = unit;
      transaction = (transaction + 1) & 0xFFFF;
      byte[] frame = new byte[HEADER + pdu.length];
      frame[0] = (byte) (transaction >> 8);
      frame[1] = (byte) transaction;
      frame[5] = (byte) (pdu.length + 1);
      frame[6] = (byte) unit;
      System.arraycopy(pdu, 0, frame, HEADER, pdu.length);
      return frame;
    }

    @Override
    int length(byte[] begun) {
      if (begun.length < HEADER) {
        return 0;
      }
      int length = word(begun, 4);
      if (word(begun, 2) != 0 || length < 3 || length > 254) {
        throw new IllegalStateException("what the device sent is no Modbus TCP");
      }
      return HEADER - 1 + length;
    }

    @Override
    byte[] unwrap(byte[] frame) {
      if (word(frame, 0) != transaction) {
        throw new IllegalStateException(
            "the device answered request %d, request %d was asked"
                .formatted(word(frame, 0), transaction));
      }
      requireUnit(frame[6] & 0xFF, unit);
      return Arrays.copyOfRange(frame, HEADER, frame.length);
    }
  }

  /** Modbus over Serial Line V1.02, clause 2.5.1. */
  static final class Rtu extends ModbusFraming {
    private int unit;
    private int function;

    @Override
    byte[] wrap(int unit, byte[] pdu) {
      this.unit = unit;
      this.function = pdu[0];
      byte[] frame = new byte[pdu.length + 3];
      frame[0] = (byte) unit;
      System.arraycopy(pdu, 0, frame, 1, pdu.length);
      int crc = crc(frame, pdu.length + 1);
      frame[pdu.length + 1] = (byte) crc;
      frame[pdu.length + 2] = (byte) (crc >> 8);
      return frame;
    }

    @Override
    int length(byte[] begun) {
      if (begun.length < 3) {
        return 0;
      }
      // Without a right function there is no telling where the frame ends.
      int answered = begun[1] & 0x7F;
      if (answered != function) {
        throw new IllegalStateException(
            "what the device sent is no Modbus RTU, or no answer to function " + function);
      }
      if ((begun[1] & 0x80) != 0) {
        return 5;
      }
      return function <= 4 ? 5 + (begun[2] & 0xFF) : 8;
    }

    @Override
    byte[] unwrap(byte[] frame) {
      int end = frame.length - 2;
      int crc = (frame[end] & 0xFF) | (frame[end + 1] & 0xFF) << 8;
      if (crc != crc(frame, end)) {
        throw new IllegalStateException("CRC error in the answer");
      }
      requireUnit(frame[0] & 0xFF, unit);
      return Arrays.copyOfRange(frame, 1, end);
    }

    /** CRC-16 of the first bytes (appendix B). */
    static int crc(byte[] bytes, int count) {
      int crc = 0xFFFF;
      for (int i = 0; i < count; i++) {
        crc ^= bytes[i] & 0xFF;
        for (int bit = 0; bit < 8; bit++) {
          crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ 0xA001;
        }
      }
      return crc;
    }
  }
}
