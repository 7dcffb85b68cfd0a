package io.caravanhub.hub.kafka;

import io.caravanhub.hub.Keys;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ScramCredentialInfo;
import org.apache.kafka.clients.admin.ScramMechanism;
import org.apache.kafka.clients.admin.UserScramCredentialUpsertion;

/** A {@link KafkaBroker} that is reached over TLS by users with a password, or a certificate. */
final class SecuredBroker implements AutoCloseable {
  private static final String STORE_PASSWORD = "changeit";

  private final int port;
  private final KafkaBroker broker;

  /**
   * Starts it with one user of PLAIN, who may do everything; its certificate is for localhost.
   * {@link #addUser} makes users of SCRAM.
   */
  SecuredBroker(Path folder, Keys keys, String user, String password) throws Exception {
    this(folder, keys, withPasswords(user, password));
  }

  /** As above, with a user who may do what {@link #insideAddress()} lets him, and nothing first. */
  static SecuredBroker withRights(Path folder, Keys keys, String user, String password)
      throws Exception {
    Map<String, String> settings = new HashMap<>(withPasswords(user, password));
    settings.put(
        "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer");
    settings.put("super.users", "User:ANONYMOUS");
    return new SecuredBroker(folder, keys, settings);
  }

  /** Starts it for whoever has a certificate that this authority, a PEM file, signed. */
  static SecuredBroker withCertificates(Path folder, Keys keys, Path authority) throws Exception {
    return new SecuredBroker(
        folder,
        keys,
        Map.of(
            "listener.security.protocol.map",
            "CLIENT:SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
            "ssl.client.auth",
            "required",
            "ssl.truststore.type",
            "PEM",
            "ssl.truststore.location",
            authority.toString()));
  }

  private static Map<String, String> withPasswords(String user, String password) {
    return Map.of(
        "listener.security.protocol.map",
        "CLIENT:SASL_SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT",
        "sasl.enabled.mechanisms",
        "PLAIN,SCRAM-SHA-512",
        "listener.name.client.plain.sasl.jaas.config",
        "org.apache.kafka.common.security.plain.PlainLoginModule required user_%s=\"%s\";"
            .formatted(user, password.replace("\\", "\\\\").replace("\"", "\\\"")),
        "listener.name.client.scram-sha-512.sasl.jaas.config",
        "org.apache.kafka.common.security.scram.ScramLoginModule required;");
  }

  private SecuredBroker(Path folder, Keys keys, Map<String, String> more) throws Exception {
    port = KafkaBroker.freePorts(1)[0];
    Map<String, String> settings = new HashMap<>(more);
    settings.put(
        "ssl.keystore.location",
        store(folder.resolve("broker.p12"), keys, STORE_PASSWORD).toString());
    settings.put("ssl.keystore.type", "PKCS12");
    settings.put("ssl.keystore.password", STORE_PASSWORD);
    settings.put("ssl.key.password", STORE_PASSWORD);
    broker = new KafkaBroker(folder.resolve("kafka"), "CLIENT://" + address(), settings);
  }

  /** Writes key and certificate as PKCS 12. */
  static Path store(Path file, Keys keys, String password) throws Exception {
    KeyStore own = KeyStore.getInstance("PKCS12");
    own.load(null, null);
    KeyStore made = keys.store();
    String alias = made.aliases().nextElement();
    own.setKeyEntry(
        alias,
        made.getKey(alias, new char[0]),
        password.toCharArray(),
        made.getCertificateChain(alias));
    try (OutputStream out = Files.newOutputStream(file)) {
      own.store(out, password.toCharArray());
    }
    return file;
  }

  /** Makes a user of SCRAM-SHA-512. */
  void addUser(String user, String password) throws Exception {
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", insideAddress()))) {
      admin
          .alterUserScramCredentials(
              List.of(
                  new UserScramCredentialUpsertion(
                      user,
                      new ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, 8_192),
                      password)))
          .all()
          .get(60, TimeUnit.SECONDS);
    }
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
