package io.caravanhub.core.bacnet;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A BACnet Virtual Link message (clause J.2).
 *
 * @param function what it is
 * @param origin where a forwarded message began, else null (clause J.2.5)
 * @param content the NPDU, or what else the function carries
 */
record Bvlc(int function, @Nullable InetSocketAddress origin, byte[] content) {
  static final int RESULT = 0x00;
  static final int FORWARDED_NPDU = 0x04;
  static final int REGISTER_FOREIGN_DEVICE = 0x05;
  static final int DISTRIBUTE_BROADCAST = 0x09;
  static final int ORIGINAL_UNICAST = 0x0A;
  static final int ORIGINAL_BROADCAST = 0x0B;

  private static final int TYPE = 0x81;

  static Bvlc of(int function, byte[] content) {
    return new Bvlc(function, null, content);
  }

  /** Register-Foreign-Device with its time-to-live in seconds (clause J.2.6). */
  static Bvlc register(int seconds) {
    return of(REGISTER_FOREIGN_DEVICE, new byte[] {(byte) (seconds >> 8), (byte) seconds});
  }

  byte[] encode() {
    int length = 4 + content.length + (origin == null ? 0 : 6);
    ByteBuffer packet =
        ByteBuffer.allocate(length).put((byte) TYPE).put((byte) function).putShort((short) length);
    if (origin != null) {
      packet.put(origin.getAddress().getAddress()).putShort((short) origin.getPort());
    }
    return packet.put(content).array();
  }

  static Bvlc decode(byte[] packet) {
    if (packet.length < 4 || (packet[0] & 0xFF) != TYPE) {
      throw new BacnetFormatException("not BACnet/IP");
    }
    ByteBuffer in = ByteBuffer.wrap(packet, 2, packet.length - 2);
    int length = in.getShort() & 0xFFFF;
    if (length != packet.length) {
      throw new BacnetFormatException(
          "the length says " + length + ", the packet has " + packet.length + " octets");
    }
    int function = packet[1] & 0xFF;
    if (function != FORWARDED_NPDU) {
      return of(function, Arrays.copyOfRange(packet, 4, packet.length));
    }
    if (packet.length < 10) {
      throw new BacnetFormatException("a forwarded message without origin");
    }
    try {
      InetAddress host = InetAddress.getByAddress(Arrays.copyOfRange(packet, 4, 8));
      int port = (packet[8] & 0xFF) << 8 | packet[9] & 0xFF;
      return new Bvlc(
          function,
          new InetSocketAddress(host, port),
          Arrays.copyOfRange(packet, 10, packet.length));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The result code of a BVLC-Result (clause J.2.1): 0 is success. */
  int result() {
    if (content.length < 2) {
      throw new BacnetFormatException("a result without code");
    }
    return (content[0] & 0xFF) << 8 | content[1] & 0xFF;
  }
}
