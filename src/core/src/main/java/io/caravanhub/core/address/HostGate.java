package io.caravanhub.core.address;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which hosts are asked: none on the link, and private ones only where they may be. The name is to
 * be looked at right before the connection is made, which as a rule has the answer that was looked
 * at, for the JDK keeps it for half a minute.
 *
 * @param privateAllowed whether private and loopback addresses may be asked
 * @param setting that allows them, for errors
 */
public record HostGate(boolean privateAllowed, String setting) {
  private static final byte[] NAT64 = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};

  /** What is said of a name that nobody knows, which may be known tomorrow. */
  public static final String UNKNOWN = "its host is not known";

  /** Why this host is not asked, or null: a name, or an address as it stands in a URL. */
  public @Nullable String refusal(@Nullable String host) {
    try {
      String name = host == null ? "" : host.replaceAll("^\\[|]$", "");
      if (name.isEmpty()) {
        return UNKNOWN;
      }
      for (InetAddress named : InetAddress.getAllByName(name)) {
        InetAddress address = reached(named);
        if (address.isLinkLocalAddress() || isMetadata(address) || address.isMulticastAddress()) {
          return "addresses of the link are not asked";
        }
        if (!privateAllowed && isPrivate(address)) {
          return "private addresses are not asked; " + setting + "=true allows them";
        }
      }
      return null;
    } catch (UnknownHostException e) {
      return UNKNOWN;
    }
  }

  /** The IPv4 address behind one that only carries it (RFC 6052, RFC 3056, RFC 4291), or itself. */
  private static InetAddress reached(InetAddress address) throws UnknownHostException {
    byte[] bytes = address.getAddress();
    if (bytes.length != 16) {
      return address;
    }
    if (bytes[0] == 0x20 && bytes[1] == 0x02) {
      return InetAddress.getByAddress(Arrays.copyOfRange(bytes, 2, 6));
    }
    boolean carries =
        Arrays.equals(bytes, 0, 12, NAT64, 0, 12)
            || ((Inet6Address) address).isIPv4CompatibleAddress()
                && !address.isLoopbackAddress()
                && !address.isAnyLocalAddress();
    return carries ? InetAddress.getByAddress(Arrays.copyOfRange(bytes, 12, 16)) : address;
  }

  private static boolean isMetadata(InetAddress address) {
    return address.getHostAddress().equals("fd00:ec2:0:0:0:0:0:254");
  }

  /** RFC 1918, RFC 6598 (100.64.0.0/10), RFC 4193 (fc00::/7), loopback and "this host". */
  private static boolean isPrivate(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isSiteLocalAddress()
        || address instanceof Inet6Address && (bytes[0] & 0xfe) == 0xfc
        || bytes.length == 4 && (bytes[0] == 0 || bytes[0] == 100 && (bytes[1] & 0xc0) == 64);
  }
}
