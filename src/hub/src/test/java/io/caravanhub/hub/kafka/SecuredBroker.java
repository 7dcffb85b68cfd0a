package io.caravanhub.hub.kafka;

import io.caravanhub.hub.Keys;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.authorizer.StandardAuthorizer;

/** A KRaft broker that is reached over TLS by users with a password only; may be started again. */
final class SecuredBroker implements AutoCloseable {
  private final int port;
  private final int inside;
  private final Properties settings = new Properties();
  private KafkaRaftServer server;

  /** Starts it with one user, who may do everything; its certificate is for localhost. */
  SecuredBroker(Path folder, Keys keys, String user, String password) throws Exception {
    this(folder, keys, user, password, Map.of());
  }

  /** As above, with a user who may do what {@link #insideAddress()} lets him, and nothing first. */
  static SecuredBroker withRights(Path folder, Keys keys, String user, String password)
      throws Exception {
    return new SecuredBroker(
        folder,
        keys,
        user,
        password,
        Map.of(
            "authorizer.class.name",
            StandardAuthorizer.class.getName(),
            "super.users",
            "User:ANONYMOUS"));
  }

  private SecuredBroker(
      Path folder, Keys keys, String user, String password, Map<String, String> more)
      throws Exception {
    Path store = folder.resolve("broker.p12");
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    KeyStore made = keys.store();
    String alias = made.aliases().nextElement();
    own.setKeyEntry(
        alias,
        made.getKey(alias, new char[0]),
        "changeit".toCharArray(),
        made.getCertificateChain(alias));
    try (OutputStream out = Files.newOutputStream(store)) {
      own.store(out, "changeit".toCharArray());
    }
    Path logs = Files.createDirectory(folder.resolve("logs"));
    Files.writeString(
        logs.resolve("meta.properties"),
        "version=1\nnode.id=1\ncluster.id=%s\ndirectory.id=%s\n"
            .formatted(Uuid.randomUuid(), Uuid.randomUuid()));
    int[] ports = freePorts(3);
    port = ports[0];
    inside = ports[1];
    int controller = ports[2];
    settings.setProperty("process.roles", "broker,controller");
    settings.setProperty("node.id", "1");
    settings.setProperty("controller.quorum.voters", "1@localhost:" + controller);
    settings.setProperty("controller.listener.names", "CONTROLLER");
    settings.setProperty("inter.broker.listener.name", "INSIDE");
    settings.setProperty(
        "listeners",
        "CLIENT://localhost:%d,INSIDE://localhost:%d,CONTROLLER://localhost:%d"
            .formatted(port, inside, controller));
    settings.setProperty(
        "advertised.listeners",
        "CLIENT://localhost:%d,INSIDE://localhost:%d".formatted(port, inside));
    settings.setProperty(
        "listener.security.protocol.map", "CLIENT:SASL_SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.setProperty("sasl.enabled.mechanisms", "PLAIN");
    settings.setProperty(
        "listener.name.client.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";"
            .formatted(user, password.replace("\\", "\\\\").replace("\"", "\\\"")));
    settings.setProperty("ssl.keystore.location", store.toString());
    settings.setProperty("ssl.keystore.type", "PKCS12");
    settings.setProperty("ssl.keystore.password", "changeit");
    settings.setProperty("ssl.key.password", "changeit");
    settings.setProperty("log.dirs", logs.toString());
    settings.setProperty("offsets.topic.replication.factor", "1");
    settings.setProperty("transaction.state.log.replication.factor", "1");
    settings.setProperty("transaction.state.log.min.isr", "1");
    settings.setProperty("offsets.topic.num.partitions", "1");
    settings.setProperty("group.initial.rebalance.delay.ms", "0");
    more.forEach(settings::setProperty);
    server = started();
  }

  private KafkaRaftServer started() {
    KafkaRaftServer made = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
    made.startup();
    return made;
  }

  String address() {
    return "localhost:" + port;
  }

  /** Without TLS or user, and with all rights. */
  String insideAddress() {
    return "localhost:" + inside;
  }

  /** Starts it again where it was, with what it held. */
  void start() {
    server = started();
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }

  /** All different: a controller's address must be known before it starts. */
  private static int[] freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < count; i++) {
        sockets.add(new ServerSocket(0));
      }
      return sockets.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    } finally {
      for (ServerSocket socket : sockets) {
        socket.close();
      }
    }
  }
}
