package io.caravanhub.sim.device;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Ports on the loopback interface for servers that cannot report which free port they took. */
public final class LoopbackPort {
  private LoopbackPort() {}

  /**
   * The wanted port if it is free, or any free port for 0.
   *
   * @throws IOException naming the port when it is taken
   */
  public static int claim(int wanted) throws IOException {
    try (ServerSocket probe = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    } catch (IOException e) {
      throw new IOException("port " + wanted + " on 127.0.0.1 is in use", e);
    }
  }
}
