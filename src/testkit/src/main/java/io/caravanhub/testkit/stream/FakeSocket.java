package io.caravanhub.testkit.stream;

import io.caravanhub.testkit.stream.StreamScript.Sent;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A cloud that sends the messages of a script over each WebSocket that is opened; as much of RFC
 * 6455 as that takes. Thread-safe.
 */
public final class FakeSocket implements AutoCloseable {
  private static final String KEY = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

  private final ServerSocket server;
  private final StreamScript script;
  private final List<String> frames = new CopyOnWriteArrayList<>();
  private final List<Socket> open = new CopyOnWriteArrayList<>();
  private volatile StreamFault fault;

  /** Starts it. */
  public FakeSocket(StreamScript script, StreamFault fault) throws IOException {
    this.script = script.with(fault);
    this.fault = fault;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::accept, "fake-socket");
    thread.setDaemon(true);
    thread.start();
  }

  /** {@code ws://127.0.0.1:port}. */
  public String origin() {
    return "ws://127.0.0.1:" + server.getLocalPort();
  }

  /** The texts that were sent to it. */
  public List<String> frames() {
    return List.copyOf(frames);
  }

  /** Another fault, for those who connect from now on. */
  public void set(StreamFault other) {
    fault = other;
  }

  /** Ends all connections as a network does. */
  public void cut() throws IOException {
    for (Socket socket : open) {
      socket.close();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread thread = new Thread(() -> serve(socket), "fake-socket-client");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    open.add(socket);
    try (socket) {
      DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      OutputStream out = socket.getOutputStream();
      Map<String, String> headers = headers(in);
      if (fault == StreamFault.REFUSED || fault == StreamFault.BUSY) {
        String status = fault == StreamFault.REFUSED ? "401 Unauthorized" : "503 Busy";
        out.write(
            ("HTTP/1.1 " + status + "\r\nContent-Length: 0\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII));
        return;
      }
      out.write(
          ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                  + accept(headers.getOrDefault("sec-websocket-key", ""))
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII));
      for (Sent message : script.messages()) {
        boolean text = fault != StreamFault.GARBAGE && fault != StreamFault.TRUNCATED;
        frame(out, text ? 1 : 2, message.payload());
        if (fault == StreamFault.CUT) {
          return;
        }
      }
      while (read(in, out)) {
        // Until the other side closes.
      }
    } catch (IOException | GeneralSecurityException gone) {
      // The client's own affair.
    } finally {
      open.remove(socket);
    }
  }

  private static Map<String, String> headers(DataInputStream in) throws IOException {
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    return headers;
  }

  private static String line(DataInputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.readUnsignedByte(); b != '\n'; b = in.readUnsignedByte()) {
      line.write(b);
    }
    return line.toString(StandardCharsets.US_ASCII).strip();
  }

  private static String accept(String key) throws GeneralSecurityException {
    byte[] digest =
        MessageDigest.getInstance("SHA-1").digest((key + KEY).getBytes(StandardCharsets.US_ASCII));
    return Base64.getEncoder().encodeToString(digest);
  }

  private boolean read(DataInputStream in, OutputStream out) throws IOException {
    int opcode = in.readUnsignedByte() & 15;
    int length = in.readUnsignedByte() & 127;
    if (length == 126) {
      length = in.readUnsignedShort();
    } else if (length == 127) {
      throw new IOException("a frame that long is not expected");
    }
    byte[] mask = in.readNBytes(4);
    byte[] payload = in.readNBytes(length);
    for (int i = 0; i < payload.length; i++) {
      payload[i] ^= mask[i % 4];
    }
    switch (opcode) {
      case 1 -> frames.add(new String(payload, StandardCharsets.UTF_8));
      case 8 -> {
        frame(out, 8, payload);
        return false;
      }
      case 9 -> frame(out, 10, payload);
      default -> {}
    }
    return true;
  }

  private static void frame(OutputStream out, int opcode, byte[] payload) throws IOException {
    ByteArrayOutputStream frame = new ByteArrayOutputStream();
    frame.write(128 | opcode);
    if (payload.length < 126) {
      frame.write(payload.length);
    } else {
      frame.write(126);
      frame.write(payload.length >> 8);
      frame.write(payload.length);
    }
    frame.writeBytes(payload);
    synchronized (out) {
      out.write(frame.toByteArray());
      out.flush();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    cut();
  }
}
