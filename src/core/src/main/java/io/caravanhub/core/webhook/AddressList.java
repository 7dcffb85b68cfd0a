package io.caravanhub.core.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;

/**
 * Addresses in CIDR notation (RFC 4632, RFC 4291), such as {@code 192.0.2.0/24, 2001:db8::/32}.
 * Names are not looked up. Immutable.
 */
public final class AddressList {
  /** A list without addresses, which is no restriction. */
  public static final AddressList EMPTY = new AddressList(List.of());

  private static final String LITERAL = "\\d{1,3}(\\.\\d{1,3}){3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]*";

  private final List<Block> blocks;

  private record Block(byte[] address, int bits) {
    boolean holds(byte[] other) {
      if (other.length != address.length) {
        return false;
      }
      for (int bit = 0; bit < bits; bit++) {
        int mask = 0x80 >> (bit % 8);
        if ((address[bit / 8] & mask) != (other[bit / 8] & mask)) {
          return false;
        }
      }
      return true;
    }
  }

  private AddressList(List<Block> blocks) {
    this.blocks = List.copyOf(blocks);
  }

  /**
   * Reads a list with commas or blanks between.
   *
   * @throws IllegalArgumentException naming what is no address
   */
  public static AddressList of(String text) {
    List<Block> blocks = new ArrayList<>();
    for (String one : text.strip().split("[\\s,]+")) {
      if (!one.isEmpty()) {
        blocks.add(block(one));
      }
    }
    return blocks.isEmpty() ? EMPTY : new AddressList(blocks);
  }

  private static Block block(String text) {
    String[] parts = text.split("/", 2);
    byte[] address = parse(parts[0]);
    int most = address.length * 8;
    String bits = parts.length == 1 ? Integer.toString(most) : parts[1];
    if (address.length == 0 || !bits.matches("\\d{1,3}") || Integer.parseInt(bits) > most) {
      throw new IllegalArgumentException(
          "expected addresses such as 192.0.2.0/24 or 2001:db8::/32, got '" + text + "'");
    }
    return new Block(address, Integer.parseInt(bits));
  }

  private static byte[] parse(String text) {
    try {
      return text.matches(LITERAL) ? InetAddress.getByName(text).getAddress() : new byte[0];
    } catch (UnknownHostException e) {
      return new byte[0];
    }
  }

  /** Whether it has no addresses. */
  public boolean isEmpty() {
    return blocks.isEmpty();
  }

  /** Whether the address is in one of the blocks; a zone such as {@code %eth0} does not count. */
  public boolean holds(String address) {
    byte[] bytes = parse(address.replaceFirst("%.*", ""));
    return bytes.length > 0 && blocks.stream().anyMatch(block -> block.holds(bytes));
  }
}
