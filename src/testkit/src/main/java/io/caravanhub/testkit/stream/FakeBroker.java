package io.caravanhub.testkit.stream;

import io.caravanhub.testkit.stream.StreamScript.Sent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A broker that sends the messages of a script with QoS 1 to whoever subscribes, and again until
 * they are acknowledged; as much of MQTT 3.1.1 and 5 as that takes. Thread-safe.
 */
public final class FakeBroker implements AutoCloseable {
  private static final int CONNECT = 1;
  private static final int PUBLISH = 3;
  private static final int PUBACK = 4;
  private static final int SUBSCRIBE = 8;
  private static final int UNSUBSCRIBE = 10;
  private static final int PINGREQ = 12;
  private static final int DISCONNECT = 14;

  private final ServerSocket server;
  private final StreamScript script;
  private final StreamFault fault;
  private final Map<String, Session> sessions = new ConcurrentHashMap<>();

  /** Messages by their numbers: what was sent, and what was acknowledged. */
  private static final class Session {
    private final TreeSet<Integer> sent = new TreeSet<>();
    private final TreeSet<Integer> acknowledged = new TreeSet<>();
  }

  /** Starts it. */
  public FakeBroker(StreamScript script, StreamFault fault) throws IOException {
    this.script = script.with(fault);
    this.fault = fault;
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread thread = new Thread(this::accept, "fake-broker");
    thread.setDaemon(true);
    thread.start();
  }

  /** {@code mqtt://127.0.0.1:port}. */
  public String origin() {
    return "mqtt://127.0.0.1:" + server.getLocalPort();
  }

  /** How many messages were acknowledged, by whomever. */
  public int acknowledged() {
    return sessions.values().stream().mapToInt(s -> count(s.acknowledged)).sum();
  }

  private static int count(TreeSet<Integer> numbers) {
    synchronized (numbers) {
      return numbers.size();
    }
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        Thread thread = new Thread(() -> serve(socket), "fake-broker-client");
        thread.setDaemon(true);
        thread.start();
      } catch (IOException closed) {
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      new Client(socket).run();
    } catch (IOException gone) {
      // The client's own affair.
    }
  }

  private final class Client {
    private final DataInputStream in;
    private final DataOutputStream out;
    private boolean five;
    private Session session = new Session();

    Client(Socket socket) throws IOException {
      in = new DataInputStream(socket.getInputStream());
      out = new DataOutputStream(socket.getOutputStream());
    }

    void run() throws IOException {
      while (true) {
        int type = in.readUnsignedByte() >> 4;
        byte[] packet = in.readNBytes(length(in));
        DataInputStream body = new DataInputStream(new ByteArrayInputStream(packet));
        switch (type) {
          case CONNECT -> {
            if (!connect(body)) {
              return;
            }
          }
          case SUBSCRIBE -> {
            if (!subscribe(body)) {
              return;
            }
          }
          case PUBLISH -> {
            // With QoS 0, and of no interest.
          }
          case PUBACK -> {
            synchronized (session.acknowledged) {
              session.acknowledged.add(body.readUnsignedShort() - 1);
            }
          }
          case UNSUBSCRIBE -> send(0xb0, id(body), five ? new byte[] {0, 0} : new byte[0]);
          case PINGREQ -> send(0xd0, new byte[0]);
          case DISCONNECT -> {
            return;
          }
          default -> throw new IOException("packet " + type);
        }
      }
    }

    private boolean connect(DataInputStream body) throws IOException {
      body.readUTF();
      five = body.readUnsignedByte() == 5;
      int flags = body.readUnsignedByte();
      body.readUnsignedShort();
      properties(body);
      String client = body.readUTF();
      String user = (flags & 0x80) != 0 ? body.readUTF() : "";
      String password = (flags & 0x40) != 0 ? body.readUTF() : "";
      boolean good =
          user.equals(
                  script
                      .credentials()
                      .getOrDefault("user", script.settings().getOrDefault("user", "")))
              && password.equals(script.credentials().getOrDefault("password", ""));
      int code = 0;
      if (fault == StreamFault.REFUSED || !good) {
        code = five ? 0x86 : 4;
      } else if (fault == StreamFault.BUSY) {
        code = five ? 0x88 : 3;
      }
      boolean clean = (flags & 2) != 0;
      if (clean) {
        sessions.remove(client);
      }
      boolean present = code == 0 && sessions.containsKey(client);
      if (code == 0) {
        session = sessions.computeIfAbsent(client, c -> new Session());
      }
      byte[] answer = {(byte) (present ? 1 : 0), (byte) code};
      send(0x20, answer, five ? new byte[] {0} : new byte[0]);
      if (code != 0) {
        return false;
      }
      for (int number : new TreeSet<>(session.sent)) {
        publish(number, true);
      }
      return true;
    }

    private boolean subscribe(DataInputStream body) throws IOException {
      byte[] id = id(body);
      properties(body);
      ByteArrayOutputStream codes = new ByteArrayOutputStream();
      TreeSet<Integer> wanted = new TreeSet<>();
      while (body.available() > 0) {
        Pattern filter = pattern(body.readUTF());
        body.readUnsignedByte();
        codes.write(1);
        for (int i = 0; i < script.messages().size(); i++) {
          if (filter.matcher(script.messages().get(i).topic()).matches()) {
            wanted.add(i);
          }
        }
      }
      send(0x90, id, five ? new byte[] {0} : new byte[0], codes.toByteArray());
      for (int number : wanted) {
        if (session.sent.add(number)) {
          publish(number, false);
          if (fault == StreamFault.CUT) {
            return false;
          }
        }
      }
      return true;
    }

    private void publish(int number, boolean again) throws IOException {
      synchronized (session.acknowledged) {
        if (session.acknowledged.contains(number)) {
          return;
        }
      }
      Sent message = script.messages().get(number);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      DataOutputStream packet = new DataOutputStream(bytes);
      packet.writeUTF(message.topic());
      packet.writeShort(number + 1);
      if (five) {
        packet.writeByte(0);
      }
      packet.write(message.payload());
      send(0x32 | (again ? 8 : 0) | (message.retained() ? 1 : 0), bytes.toByteArray());
    }

    private byte[] id(DataInputStream body) throws IOException {
      return body.readNBytes(2);
    }

    private void properties(DataInputStream body) throws IOException {
      if (five) {
        body.skipNBytes(length(body));
      }
    }

    private void send(int head, byte[]... parts) throws IOException {
      byte[] body =
          Stream.of(parts)
              .collect(ByteArrayOutputStream::new, ByteArrayOutputStream::writeBytes, (a, b) -> {})
              .toByteArray();
      synchronized (out) {
        out.writeByte(head);
        int length = body.length;
        do {
          out.writeByte(length % 128 | (length > 127 ? 128 : 0));
          length /= 128;
        } while (length > 0);
        out.write(body);
        out.flush();
      }
    }
  }

  /** MQTT 5, section 1.5.5. */
  private static int length(DataInputStream in) throws IOException {
    int value = 0;
    int shift = 0;
    int digit;
    do {
      digit = in.readUnsignedByte();
      value |= (digit & 127) << shift;
      shift += 7;
    } while ((digit & 128) != 0);
    return value;
  }

  private static Pattern pattern(String filter) {
    return Pattern.compile(
        Stream.of(filter.split("/", -1))
            .map(l -> l.equals("+") ? "[^/]*" : l.equals("#") ? ".*" : Pattern.quote(l))
            .collect(Collectors.joining("/")));
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
