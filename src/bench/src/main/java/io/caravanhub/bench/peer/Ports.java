package io.caravanhub.bench.peer;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Ports of loopback. */
public final class Ports {
  private Ports() {}

  /** One that nobody listens at now. */
  public static int free() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new IllegalStateException("no free port", e);
    }
  }

  /**
   * Waits until somebody listens.
   *
   * @param runs whether who should is still there
   * @throws IOException when nobody does within a minute, or it ended
   */
  static void await(int port, BooleanSupplier runs, String who)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!listens(port)) {
      if (!runs.getAsBoolean() || System.nanoTime() > end) {
        throw new IOException(who + " did not start, see its log");
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private static boolean listens(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
