package io.caravanhub.core.fieldbus;

/** An address as {@code host:port}. */
record HostAndPort(String host, int port) {
  /**
   * @throws IllegalArgumentException when it is neither {@code host} nor {@code host:port}
   */
  static HostAndPort parse(String address, int defaultPort) {
    int colon = address.lastIndexOf(':');
    String host = colon < 0 ? address : address.substring(0, colon);
    try {
      int port = colon < 0 ? defaultPort : Integer.parseInt(address.substring(colon + 1));
      if (!host.isBlank() && port > 0 && port <= 0xFFFF) {
        return new HostAndPort(host, port);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("address: expected host:port, got " + address, e);
    }
    throw new IllegalArgumentException("address: expected host:port, got " + address);
  }
}
