package io.caravanhub.hub.broker;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;

/** MQTT 3.1.1 packet by packet, for what no client library would do. */
final class RawMqtt implements AutoCloseable {
  static final int CONNACK = 2;
  static final int PUBACK = 4;
  static final int PUBREC = 5;
  static final int PUBCOMP = 7;

  private final Socket socket;
  private final DataInputStream in;

  RawMqtt(int port, String client, String user, String password) throws IOException {
    this(port);
    connect(client, user, password);
    expect(CONNACK);
  }

  /** One that has said nothing yet. */
  RawMqtt(int port) throws IOException {
    socket = new Socket("127.0.0.1", port);
    socket.setSoTimeout(15_000);
    in = new DataInputStream(socket.getInputStream());
  }

  /** Asks to be let in, and waits for no answer. */
  void connect(String client, String user, String password) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(body);
    out.writeUTF("MQTT");
    out.writeByte(4);
    out.writeByte(0xC0); // user name, password, the session of before goes on
    out.writeShort(60);
    out.writeUTF(client);
    out.writeUTF(user);
    out.writeUTF(password);
    send(0x10, body.toByteArray());
  }

  void publish(int qos, boolean again, int id, String topic, String payload) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(body);
    out.writeUTF(topic);
    if (qos > 0) {
      out.writeShort(id);
    }
    out.write(payload.getBytes(UTF_8));
    send(0x30 | (again ? 8 : 0) | qos << 1, body.toByteArray());
  }

  void release(int id) throws IOException {
    send(0x62, new byte[] {(byte) (id >> 8), (byte) id});
  }

  /** Reads the next packet, which must be of this type; its body. */
  byte[] expect(int type) throws IOException {
    int head = in.readUnsignedByte();
    byte[] body = new byte[in.readUnsignedByte()];
    in.readFully(body);
    if (head >> 4 != type) {
      throw new IOException("expected packet type " + type + ", got " + (head >> 4));
    }
    return body;
  }

  private void send(int head, byte[] body) throws IOException {
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    packet.write(head);
    int length = body.length;
    do {
      packet.write(length > 127 ? length % 128 | 128 : length);
      length /= 128;
    } while (length > 0);
    packet.write(body);
    socket.getOutputStream().write(packet.toByteArray());
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
