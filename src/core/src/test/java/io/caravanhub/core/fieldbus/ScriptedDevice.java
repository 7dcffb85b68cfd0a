package io.caravanhub.core.fieldbus;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A device on TCP whose answers are made by the test: right, wrong, garbage, or none. */
final class ScriptedDevice implements Closeable {
  /** Answers a request as it came; null says nothing, no bytes closes the connection. */
  interface Answer {
    byte[] to(byte[] request);
  }

  final AtomicInteger accepted = new AtomicInteger();
  volatile Answer answer;
  private final int port;
  private volatile ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  ScriptedDevice(Answer answer) throws IOException {
    this.answer = answer;
    listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    port = listener.getLocalPort();
    daemon(this::accept);
  }

  String address() {
    return "127.0.0.1:" + port;
  }

  /** What a Modbus TCP device answers whose register n holds n. */
  static byte[] right(byte[] request) {
    int first = ModbusFraming.word(request, 8);
    int quantity = ModbusFraming.word(request, 10);
    byte[] answer = new byte[9 + 2 * quantity];
    System.arraycopy(request, 0, answer, 0, 8);
    answer[4] = (byte) ((3 + 2 * quantity) >> 8);
    answer[5] = (byte) (3 + 2 * quantity);
    answer[8] = (byte) (2 * quantity);
    for (int i = 0; i < quantity; i++) {
      answer[9 + 2 * i] = (byte) ((first + i) >> 8);
      answer[10 + 2 * i] = (byte) (first + i);
    }
    return answer;
  }

  /** Switches it off and on again: nobody listens, and what was open is closed. */
  void listen(boolean on) throws IOException {
    if (!on) {
      close();
    } else if (listener.isClosed()) {
      ServerSocket fresh = new ServerSocket();
      fresh.setReuseAddress(true);
      fresh.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      listener = fresh;
      daemon(this::accept);
    }
  }

  private void accept() {
    ServerSocket mine = listener;
    while (!mine.isClosed()) {
      try {
        Socket socket = mine.accept();
        accepted.incrementAndGet();
        open.add(socket);
        daemon(() -> serve(socket));
      } catch (IOException e) {
        continue;
      }
    }
  }

  private void serve(Socket socket) {
    byte[] buffer = new byte[260];
    try (socket) {
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        byte[] said = answer.to(java.util.Arrays.copyOf(buffer, n));
        if (said != null && said.length == 0) {
          return;
        }
        if (said != null) {
          out.write(said);
        }
      }
    } catch (IOException closed) {
      // The client has gone.
    } finally {
      open.remove(socket);
    }
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "scripted-device");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
