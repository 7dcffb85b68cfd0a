package io.caravanhub.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;

/** A Modbus TCP device that does nothing but answer, in a process of its own: {@code PORT}. */
public final class ModbusPeer {
  private static final int HEADER = 9;

  private ModbusPeer() {}

  /** Answers until it is killed. */
  public static void main(String[] args) throws IOException {
    try (ServerSocket listener =
        new ServerSocket(Integer.parseInt(args[0]), 50, InetAddress.getLoopbackAddress())) {
      while (true) {
        Socket socket = listener.accept();
        socket.setTcpNoDelay(true);
        new Thread(() -> serve(socket), "modbus-peer").start();
      }
    }
  }

  private static void serve(Socket socket) {
    byte[] request = new byte[12];
    try (socket;
        DataInputStream in = new DataInputStream(socket.getInputStream());
        OutputStream out = socket.getOutputStream()) {
      for (int turn = 0; ; turn++) {
        in.readFully(request);
        int registers = (request[10] & 0xFF) << 8 | request[11] & 0xFF;
        ByteBuffer answer = ByteBuffer.allocate(HEADER + 2 * registers);
        answer.put(request, 0, 4).putShort((short) (3 + 2 * registers));
        answer.put(request, 6, 2).put((byte) (2 * registers));
        while (answer.remaining() >= Float.BYTES) {
          answer.putFloat(20 + (turn + answer.position()) % 1000 / 10f);
        }
        out.write(answer.array());
      }
    } catch (IOException gone) {
      // The client has gone.
    }
  }
}
