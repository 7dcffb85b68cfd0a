package io.caravanhub.hub.kafka;

import io.caravanhub.hub.Keys;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.Map;

/** A {@link KafkaBroker} that is reached over TLS by users with a password. */
final class SecuredBroker implements AutoCloseable {
  private final int port;
  private final KafkaBroker broker;

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
            "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
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
    port = KafkaBroker.freePorts(1)[0];
    Map<String, String> settings = new HashMap<>(more);
    settings.put(
        "listener.security.protocol.map", "CLIENT:SASL_SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT");
    settings.put("sasl.enabled.mechanisms", "PLAIN");
    settings.put(
        "listener.name.client.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";"
            .formatted(user, password.replace("\\", "\\\\").replace("\"", "\\\"")));
    settings.put("ssl.keystore.location", store.toString());
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.password", "changeit");
    settings.put("ssl.key.password", "changeit");
    broker = new KafkaBroker(folder.resolve("kafka"), "CLIENT://" + address(), settings);
  }

  String address() {
    return "localhost:" + port;
  }

  /** Without TLS or user, and with all rights. */
  String insideAddress() {
    return broker.address();
  }

  /** Starts it again where it was, with what it held. */
  void start() throws IOException {
    broker.start();
  }

  @Override
  public void close() throws InterruptedException {
    broker.close();
  }
}
