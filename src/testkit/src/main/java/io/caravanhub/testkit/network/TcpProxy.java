package io.caravanhub.testkit.network;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A TCP proxy on loopback for fault tests: it can cut connections, refuse new ones, stall (hold
 * bytes back), swallow them, and delay or slow down what it passes on. Thread-safe.
 */
public final class TcpProxy implements Closeable {
  private static final int CHUNK = 16 * 1024;

  private final InetSocketAddress target;
  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "tcp-proxy");
            thread.setDaemon(true);
            return thread;
          });
  private volatile CountDownLatch gate = new CountDownLatch(0);
  private volatile Duration delay = Duration.ZERO;
  private volatile long bytesPerSecond = Long.MAX_VALUE;
  private volatile boolean refusing;
  private volatile boolean swallowing;

  /** A proxy to this target on a free port. */
  public TcpProxy(String host, int port) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), host, port);
  }

  /** A proxy that takes connections here, for instance with TLS. It closes the listener. */
  public TcpProxy(ServerSocket listener, String host, int port) {
    this.target = new InetSocketAddress(host, port);
    this.server = listener;
    threads.execute(this::accept);
  }

  /** The port to connect to instead of the target's. */
  public int port() {
    return server.getLocalPort();
  }

  /** How many connections are open now. */
  public int connections() {
    return open.size() / 2;
  }

  /** Cuts every open connection; new ones are taken. */
  public void cut() {
    open.forEach(TcpProxy::closeQuietly);
  }

  /** Cuts every open connection and closes each new one at once, until {@link #restore}. */
  public void refuse() {
    refusing = true;
    cut();
  }

  /** Passes nothing on, in either direction, and keeps connections open, until {@link #restore}. */
  public synchronized void stall() {
    if (gate.getCount() == 0) {
      gate = new CountDownLatch(1);
    }
  }

  /**
   * Takes bytes in either direction and forgets them, and keeps connections open, until {@link
   * #restore}: half-open lines.
   */
  public void swallow() {
    swallowing = true;
  }

  /** Holds back each chunk of bytes for this long. */
  public void delay(Duration time) {
    delay = time;
  }

  /** Passes on no more than this, in each direction of a connection. */
  public void slow(long bytes) {
    bytesPerSecond = bytes;
  }

  /** Ends stalling, swallowing, refusing, delaying and slowness; held bytes go on. */
  public synchronized void restore() {
    refusing = false;
    swallowing = false;
    delay = Duration.ZERO;
    bytesPerSecond = Long.MAX_VALUE;
    gate.countDown();
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
    restore();
    threads.shutdownNow();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        if (refusing) {
          client.close();
        } else {
          connect(client);
        }
      } catch (IOException e) {
        // Closed, or the target is not there: the client sees its connection end.
        continue;
      }
    }
  }

  private void connect(Socket client) throws IOException {
    Socket there = new Socket();
    try {
      there.connect(target, 5_000);
    } catch (IOException e) {
      client.close();
      throw e;
    }
    open.add(client);
    open.add(there);
    threads.execute(() -> pump(client, there));
    threads.execute(() -> pump(there, client));
  }

  private void pump(Socket from, Socket to) {
    byte[] chunk = new byte[CHUNK];
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        gate.await();
        long millis = delay.toMillis() + n * 1000L / bytesPerSecond;
        if (millis > 0) {
          Thread.sleep(millis);
        }
        if (!swallowing) {
          out.write(chunk, 0, n);
          out.flush();
        }
      }
    } catch (IOException e) {
      // One side is gone; the other is told below.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(from);
      open.remove(to);
      closeQuietly(from);
      closeQuietly(to);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      // It is gone either way.
    }
  }
}
