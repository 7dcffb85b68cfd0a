package io.caravanhub.core.bacnet;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A network layer message (clause 6.2).
 *
 * @param networkMessage whether it is one of the network layer itself and carries no APDU
 * @param expectsReply whether an answer is expected (clause 6.2.2)
 * @param destinationNetwork where it goes; 0 is here
 * @param destinationMac in hex; empty is everybody there
 * @param sourceNetwork where it comes from; 0 is here
 * @param sourceMac in hex
 * @param content the APDU
 */
record Npdu(
    boolean networkMessage,
    boolean expectsReply,
    int destinationNetwork,
    String destinationMac,
    int sourceNetwork,
    String sourceMac,
    byte[] content) {
  private static final int VERSION = 1;
  private static final int NETWORK_MESSAGE = 0x80;
  private static final int DESTINATION = 0x20;
  private static final int SOURCE = 0x08;
  private static final int EXPECTS_REPLY = 0x04;
  private static final int HOP_COUNT = 255;

  /** A message to a device or, with no mac, to a network. */
  static Npdu to(BacnetAddress address, boolean expectsReply, byte[] apdu) {
    return new Npdu(false, expectsReply, address.network(), address.mac(), 0, "", apdu);
  }

  byte[] encode() {
    ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 12);
    boolean routed = destinationNetwork != 0;
    out.write(VERSION);
    out.write(
        (networkMessage ? NETWORK_MESSAGE : 0)
            | (routed ? DESTINATION : 0)
            | (sourceNetwork != 0 ? SOURCE : 0)
            | (expectsReply ? EXPECTS_REPLY : 0));
    if (routed) {
      place(out, destinationNetwork, destinationMac);
    }
    if (sourceNetwork != 0) {
      place(out, sourceNetwork, sourceMac);
    }
    if (routed) {
      out.write(HOP_COUNT);
    }
    out.writeBytes(content);
    return out.toByteArray();
  }

  static Npdu decode(byte[] npdu) {
    if (npdu.length < 2 || npdu[0] != VERSION) {
      throw new BacnetFormatException("expected version 1 of the network layer");
    }
    int control = npdu[1] & 0xFF;
    int at = 2;
    int destinationNetwork = 0;
    String destinationMac = "";
    if ((control & DESTINATION) != 0) {
      destinationNetwork = network(npdu, at);
      destinationMac = mac(npdu, at);
      at += 3 + destinationMac.length() / 2;
    }
    int sourceNetwork = 0;
    String sourceMac = "";
    if ((control & SOURCE) != 0) {
      sourceNetwork = network(npdu, at);
      sourceMac = mac(npdu, at);
      at += 3 + sourceMac.length() / 2;
      if (sourceNetwork == 0 || sourceNetwork == 0xFFFF || sourceMac.isEmpty()) {
        throw new BacnetFormatException("a source that is no device (clause 6.2.2.2)");
      }
    }
    at += (control & DESTINATION) != 0 ? 1 : 0;
    if (at > npdu.length) {
      throw new BacnetFormatException("the network layer's header is cut short");
    }
    return new Npdu(
        (control & NETWORK_MESSAGE) != 0,
        (control & EXPECTS_REPLY) != 0,
        destinationNetwork,
        destinationMac,
        sourceNetwork,
        sourceMac,
        Arrays.copyOfRange(npdu, at, npdu.length));
  }

  private static void place(ByteArrayOutputStream out, int network, String mac) {
    out.write(network >> 8);
    out.write(network);
    out.write(mac.length() / 2);
    out.writeBytes(HexFormat.of().parseHex(mac));
  }

  private static int network(byte[] npdu, int at) {
    if (at + 3 > npdu.length) {
      throw new BacnetFormatException("the network layer's header is cut short");
    }
    return (npdu[at] & 0xFF) << 8 | npdu[at + 1] & 0xFF;
  }

  private static String mac(byte[] npdu, int at) {
    int length = npdu[at + 2] & 0xFF;
    if (length > 18 || at + 3 + length > npdu.length) {
      throw new BacnetFormatException("an address of " + length + " octets");
    }
    return HexFormat.of().formatHex(npdu, at + 3, at + 3 + length);
  }
}
