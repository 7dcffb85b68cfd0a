package io.caravanhub.sim.bacnet;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes the tags of ANSI/ASHRAE 135-2020, clause 20.2, that the device needs. */
final class Octets {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  byte[] all() {
    return out.toByteArray();
  }

  Octets add(int... octets) {
    for (int octet : octets) {
      out.write(octet);
    }
    return this;
  }

  Octets add(byte[] octets) {
    out.writeBytes(octets);
    return this;
  }

  Octets open(int tag) {
    return add(tag << 4 | 0xE);
  }

  Octets close(int tag) {
    return add(tag << 4 | 0xF);
  }

  /** A number in a context tag: unsigned, enumerated and boolean look the same there. */
  Octets number(int tag, long value) {
    return tagged(tag, true, number(value));
  }

  Octets object(int tag, long object) {
    return tagged(tag, true, ByteBuffer.allocate(4).putInt((int) object).array());
  }

  Octets bits(int tag, int unused, int bits) {
    return tagged(tag, true, new byte[] {(byte) unused, (byte) bits});
  }

  Octets real(int tag, float value) {
    return tagged(tag, true, ByteBuffer.allocate(4).putFloat(value).array());
  }

  Octets unsigned(long value) {
    return tagged(2, false, number(value));
  }

  Octets real(float value) {
    return tagged(4, false, ByteBuffer.allocate(4).putFloat(value).array());
  }

  Octets text(String value) {
    return tagged(7, false, utf8(value));
  }

  Octets text(int tag, String value) {
    return tagged(tag, true, utf8(value));
  }

  private static byte[] utf8(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(1 + utf8.length).put((byte) 0).put(utf8).array();
  }

  Octets bits(int unused, int bits) {
    return tagged(8, false, new byte[] {(byte) unused, (byte) bits});
  }

  Octets enumerated(long value) {
    return tagged(9, false, number(value));
  }

  Octets object(long object) {
    return tagged(12, false, ByteBuffer.allocate(4).putInt((int) object).array());
  }

  private Octets tagged(int tag, boolean context, byte[] content) {
    int first = tag << 4 | (context ? 8 : 0);
    if (content.length < 5) {
      add(first | content.length);
    } else if (content.length < 254) {
      add(first | 5, content.length);
    } else {
      add(first | 5, 254, content.length >> 8, content.length);
    }
    return add(content);
  }

  private static byte[] number(long value) {
    int length = 1;
    while (length < 8 && value >>> (8 * length) != 0) {
      length++;
    }
    byte[] octets = new byte[length];
    for (int i = 0; i < length; i++) {
      octets[length - 1 - i] = (byte) (value >>> (8 * i));
    }
    return octets;
  }
}
