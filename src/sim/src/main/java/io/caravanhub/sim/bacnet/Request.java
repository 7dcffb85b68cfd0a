package io.caravanhub.sim.bacnet;

import java.nio.ByteBuffer;

/** Reads what a client asks for. Whatever is not in order is an IllegalArgumentException. */
final class Request {
  private final ByteBuffer in;

  Request(byte[] octets, int from) {
    in = ByteBuffer.wrap(octets, from, octets.length - from).slice();
  }

  boolean atEnd() {
    return !in.hasRemaining();
  }

  /** Whether a context tag of this number is next; an opening one too. */
  boolean next(int tag) {
    return in.hasRemaining()
        && (in.get(in.position()) & 0xF8) == (tag << 4 | 8)
        && (in.get(in.position()) & 7) != 7;
  }

  boolean closes(int tag) {
    return in.hasRemaining() && (in.get(in.position()) & 0xFF) == (tag << 4 | 0xF);
  }

  void skip() {
    octet();
  }

  long number(int tag) {
    int length = require(tag);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | octet();
    }
    return value;
  }

  /** An application-tagged Real, the only thing that can be written here. */
  float real() {
    if (octet() != 0x44) {
      throw new IllegalArgumentException("expected a Real");
    }
    return in.getFloat();
  }

  /** A BACnetTimeStamp, which only this device has made: a sequence number. */
  long sequence(int tag) {
    require(tag);
    long number = number(1);
    skip();
    return number;
  }

  private int require(int tag) {
    if (!next(tag)) {
      throw new IllegalArgumentException("expected context tag " + tag);
    }
    int kind = octet() & 7;
    int length = kind == 5 ? octet() : kind == 6 ? 0 : kind;
    if (length > in.remaining()) {
      throw new IllegalArgumentException("cut short");
    }
    return length;
  }

  private int octet() {
    if (!in.hasRemaining()) {
      throw new IllegalArgumentException("cut short");
    }
    return in.get() & 0xFF;
  }
}
