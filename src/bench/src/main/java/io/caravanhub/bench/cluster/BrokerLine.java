package io.caravanhub.bench.cluster;

import io.caravanhub.testkit.network.TcpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * A hub's own way to Mosquitto. All hubs have to know a broker outside by the same name and port,
 * for its lease is the address's; so each finds another address of loopback under that name, and
 * its proxy there. Thread-safe.
 */
final class BrokerLine implements AutoCloseable {
  private static final String NAME = "mosquitto";

  private final TcpProxy proxy;
  private final Map<String, String> settings;

  /**
   * Opens it.
   *
   * @param number of the hub, from 1
   * @param port of Mosquitto on 127.0.0.1, which it has too
   * @param hosts file to be written, with what the hub's Java is to know of names
   */
  BrokerLine(int number, int port, Path hosts) throws IOException {
    proxy = new TcpProxy(new ServerSocket(port, 50, address(number)), "127.0.0.1", port);
    Files.writeString(
        hosts,
        """
        %s %s
        127.0.0.1 localhost %s
        """
            .formatted(
                address(number).getHostAddress(), NAME, InetAddress.getLocalHost().getHostName()));
    settings =
        Map.of(
            "HUB_MQTT_URL",
            "tcp://" + NAME + ":" + port,
            "JDK_JAVA_OPTIONS",
            "-Djdk.net.hosts.file=\"" + hosts + '"');
  }

  /** Whether this machine has more addresses of loopback than 127.0.0.1; macOS has not. */
  static boolean isPossible() {
    try (ServerSocket socket = new ServerSocket(0, 1, address(1))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static InetAddress address(int number) throws IOException {
    return InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) number});
  }

  /** Environment of a hub that takes it. */
  Map<String, String> settings() {
    return settings;
  }

  /** How many go over it now: most of them from the hub that takes messages off the broker. */
  int connections() {
    return proxy.connections();
  }

  void stall() {
    proxy.stall();
  }

  void restore() {
    proxy.restore();
  }

  @Override
  public void close() throws IOException {
    proxy.close();
  }
}
