package io.caravanhub.edge.uplink;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A line to the hub that can be cut, slowed, swallow everything, or let nobody on. */
public final class Link implements Closeable {
  private final ServerSocket listener;
  private final int target;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean swallows;
  private volatile boolean closed;
  private volatile long bytesPerSecond = Long.MAX_VALUE;

  public Link(int target) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), target);
  }

  /** Over this listener, for instance one that speaks TLS. */
  Link(ServerSocket listener, int target) {
    this.target = target;
    this.listener = listener;
    daemon(this::accept);
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** Bytes are swallowed, connections stay: half-open. */
  public void swallow(boolean swallow) {
    swallows = swallow;
  }

  public void slow(long bytes) {
    bytesPerSecond = bytes;
  }

  /** New connections are closed at once. */
  public void shut(boolean shut) {
    closed = shut;
    if (shut) {
      cut();
    }
  }

  public void cut() {
    for (Socket socket : open) {
      close(socket);
    }
    open.clear();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket client = listener.accept();
        if (closed) {
          client.close();
          continue;
        }
        Socket server = new Socket(InetAddress.getLoopbackAddress(), target);
        open.add(client);
        open.add(server);
        daemon(() -> pump(client, server));
        daemon(() -> pump(server, client));
      } catch (IOException e) {
        continue;
      }
    }
  }

  private void pump(Socket from, Socket to) {
    byte[] buffer = new byte[4096];
    try (from;
        to) {
      InputStream in = from.getInputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        if (bytesPerSecond < Long.MAX_VALUE) {
          TimeUnit.MILLISECONDS.sleep(n * 1000L / bytesPerSecond);
        }
        if (!swallows) {
          to.getOutputStream().write(buffer, 0, n);
        }
      }
    } catch (IOException | InterruptedException e) {
      open.remove(from);
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "link");
    thread.setDaemon(true);
    thread.start();
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    cut();
  }
}
