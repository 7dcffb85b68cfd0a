package io.caravanhub.core.stream;

import io.caravanhub.core.cloud.CloudAuth;
import io.caravanhub.core.drop.DropPlan;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stream as a connector's {@code stream.yaml} declares it. Texts with {@code {name}} in them are
 * filled in from the settings and credentials of a connection.
 *
 * @param type what is spoken
 * @param url of the broker or the cloud, such as {@code mqtts://broker:8883} or {@code {url}};
 *     empty for a folder
 * @param broker how a broker is spoken to; of no meaning for a WebSocket
 * @param socket how a WebSocket is kept open; of no meaning for a broker
 * @param drop which files are read; null unless it is a folder
 * @param auth how the hub says who it is; for a broker user and password are in {@code broker}
 * @param messages in the order in which they are tried
 */
public record StreamPlan(
    Type type,
    String url,
    Broker broker,
    Socket socket,
    @Nullable DropPlan drop,
    CloudAuth auth,
    List<MessageKind> messages) {

  /** What a connection speaks. */
  public enum Type {
    MQTT,
    WEBSOCKET,
    FILES
  }

  /**
   * An MQTT broker.
   *
   * @param version {@code 5} or {@code 3}
   * @param clientId empty for one of the hub's own
   * @param authority certificate of the authority to trust, PEM; empty for those of the JDK
   * @param qos that is asked for
   * @param publish what is published once it is subscribed
   * @param session how long the broker is to keep what comes while no hub is there (MQTT 5)
   */
  public record Broker(
      String version,
      String user,
      String password,
      String clientId,
      String authority,
      int qos,
      Duration session,
      List<Publish> publish) {
    public Broker {
      publish = List.copyOf(publish);
    }
  }

  /** A message to the broker. */
  public record Publish(String topic, String payload) {}

  /**
   * A WebSocket.
   *
   * @param headers of the handshake
   * @param send text frames that are sent first
   * @param ping how often the hub pings; zero for never
   * @param idle after how much silence it connects anew; zero for never
   */
  public record Socket(
      Map<String, String> headers, List<String> send, Duration ping, Duration idle) {
    public Socket {
      headers = Map.copyOf(headers);
      send = List.copyOf(send);
    }
  }

  /** The same at another address, of which the path stays; for tests and proxies. */
  public StreamPlan at(String origin) {
    String path = url.replaceFirst("^[a-z]+://[^/]*", "");
    return new StreamPlan(type, origin + path, broker, socket, drop, auth, messages);
  }

  /** The same for files that are known to be whole. */
  public StreamPlan atOnce() {
    return new StreamPlan(
        type, url, broker, socket, drop == null ? null : drop.atOnce(), auth, messages);
  }

  /** The same under no client id of its own, for a connection beside the one that may be held. */
  public StreamPlan forTest() {
    Broker b = broker;
    Broker anonymous =
        new Broker(b.version, b.user, b.password, "", b.authority, b.qos, Duration.ZERO, b.publish);
    return new StreamPlan(type, url, anonymous, socket, drop, auth, messages);
  }

  public StreamPlan {
    messages = List.copyOf(messages);
  }
}
