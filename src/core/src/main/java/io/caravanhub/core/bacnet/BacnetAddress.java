package io.caravanhub.core.bacnet;

import java.net.InetSocketAddress;
import java.util.HexFormat;

/**
 * Where a device is: at a UDP address (clause J.1), or behind the router at it (clause 6.2.2).
 *
 * @param hop resolved address of the device or of the router
 * @param network number of the device's network, 0 when it is the router's own; 65535 is all
 * @param mac the device's address in that network in hex, empty when there is none
 */
public record BacnetAddress(InetSocketAddress hop, int network, String mac) {
  /** The network number that stands for all networks (clause 6.3.2). */
  public static final int ALL_NETWORKS = 0xFFFF;

  /** The UDP port X'BAC0' (clause J.1.2). */
  public static final int PORT = 0xBAC0;

  public BacnetAddress {
    if (hop.isUnresolved()) {
      throw new IllegalArgumentException("unknown host " + hop.getHostString());
    }
    if (network < 0 || network > ALL_NETWORKS) {
      throw new IllegalArgumentException("network: expected 0 to 65535, got " + network);
    }
    mac = HexFormat.of().formatHex(HexFormat.of().parseHex(mac));
    if (mac.length() > 36) {
      throw new IllegalArgumentException("mac: expected up to 18 octets, got " + mac);
    }
  }

  /** A device or a broadcast address on the IP network itself. */
  public static BacnetAddress of(InetSocketAddress address) {
    return new BacnetAddress(address, 0, "");
  }

  /** Whether both are one device: by whichever router a device is reached, it is the same. */
  boolean sameDevice(BacnetAddress other) {
    return network == 0
        ? equals(other)
        : network == other.network && mac.equals(other.mac) && !mac.isEmpty();
  }

  byte[] macOctets() {
    return HexFormat.of().parseHex(mac);
  }

  @Override
  public String toString() {
    String at = hop.getAddress().getHostAddress() + ":" + hop.getPort();
    return network == 0 ? at : at + " network " + network + (mac.isEmpty() ? "" : " mac " + mac);
  }
}
