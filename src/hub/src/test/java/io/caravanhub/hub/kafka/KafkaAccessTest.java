package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Keys;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.errors.SslAuthenticationException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OutputEncryptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

class KafkaAccessTest {
  private static final String PASSWORD = "se\"cr\\et";

  private static final String WRONG = "another-secret";

  @TempDir Path folder;

  @Test
  void reachesABrokerOverTlsWithAUserAndItsPassword() throws Exception {
    Keys keys = signed("broker");
    try (SecuredBroker broker = new SecuredBroker(folder, keys, "hub", PASSWORD)) {
      KafkaAccess plain =
          access(broker, keys, Map.of("user", "hub", "password", PASSWORD, "mechanism", "PLAIN"));
      writes(plain, KafkaTopics.RAW);
      refuses(
          access(broker, keys, Map.of("user", "hub", "password", WRONG, "mechanism", "PLAIN")),
          "refuses the hub's user, see HUB_KAFKA_USER and its password: ");
      assertThat(plain.properties().get("sasl.jaas.config"))
          .isInstanceOfSatisfying(
              Password.class, jaas -> assertThat(jaas.value()).contains("se\\\"cr"));

      // The mechanism that is taken when none is set.
      KafkaAccess scram = access(broker, keys, Map.of("user", "scram", "password", PASSWORD));
      assertThat(scram.properties()).containsEntry("sasl.mechanism", "SCRAM-SHA-512");
      refuses(scram, "refuses the hub's user, see HUB_KAFKA_USER and its password: ");
      broker.addUser("scram", PASSWORD);
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(failure(scram)).isNull());
      writes(scram, KafkaTopics.NORMALIZED);
      refuses(
          access(broker, keys, Map.of("user", "scram", "password", WRONG)),
          "refuses the hub's user, see HUB_KAFKA_USER and its password: ");

      for (KafkaAccess access : List.of(plain, scram)) {
        assertThat(access.properties().toString())
            .as("as logs would show it")
            .contains("sasl.jaas.config")
            .doesNotContain("se\\\"cr", PASSWORD);
      }
    }
  }

  @Test
  void reachesABrokerThatAsksForACertificate() throws Exception {
    Keys keys = signed("broker");
    Keys hub = signed("hub");
    try (SecuredBroker broker =
        SecuredBroker.withCertificates(folder, keys, hub.certificateFile())) {
      Path store = SecuredBroker.store(folder.resolve("hub.p12"), hub, PASSWORD);
      Path open = pem("open.pem", hub, null);
      Path sealed = pem("sealed.pem", hub, PASSWORD);
      KafkaAccess hubs = certified(broker, keys, store, PASSWORD);
      writes(hubs, KafkaTopics.RAW);
      for (KafkaAccess access :
          List.of(certified(broker, keys, open, ""), certified(broker, keys, sealed, PASSWORD))) {
        assertThat(failure(access)).isNull();
      }
      assertThat(hubs.properties().toString())
          .contains("ssl.keystore.password")
          .doesNotContain(PASSWORD);

      String refused = "refuses the hub's certificate, or asks for one, see HUB_KAFKA_KEYSTORE: ";
      refuses(access(broker, keys, Map.of()), refused);
      Path stranger = SecuredBroker.store(folder.resolve("x.p12"), signed("x"), PASSWORD);
      refuses(certified(broker, keys, stranger, PASSWORD), refused);
      refuses(
          certified(broker, hub, store, PASSWORD),
          "and the hub do not trust each other, see HUB_KAFKA_TRUSTSTORE: ");
    }
  }

  /** Makes the topics and writes the first record of one. */
  private static void writes(KafkaAccess access, String topic) throws Exception {
    try (Admin admin = Admin.create(access.properties())) {
      await()
          .atMost(Duration.ofSeconds(60))
          .until(() -> new TopicCheck(true, 1, (short) 1, 72).problem(admin) == null);
    }
    Map<String, Object> producer =
        ((KafkaComponent)
                new KafkaConfiguration()
                    .hubKafka(access, new PollFailures(new KafkaState()), new LateOffsets()))
            .getConfiguration()
            .getAdditionalProperties();
    try (KafkaProducer<String, String> writer =
        new KafkaProducer<>(producer, new StringSerializer(), new StringSerializer())) {
      assertThat(
              writer.send(new ProducerRecord<>(topic, "k", "v")).get(30, TimeUnit.SECONDS).offset())
          .isZero();
    }
  }

  /** And says this of it, without the password. */
  private static void refuses(KafkaAccess access, String said) {
    Throwable failure = failure(access);
    assertThat(failure)
        .cause()
        .isInstanceOfAny(SaslAuthenticationException.class, SslAuthenticationException.class);
    assertThat(failure).hasMessageNotContainingAny(WRONG, PASSWORD);
    assertThat(KafkaWatch.why(failure)).startsWith(said).doesNotContain(WRONG, PASSWORD);
  }

  private static Throwable failure(KafkaAccess access) {
    try (Admin admin = Admin.create(access.properties())) {
      return catchThrowable(() -> admin.describeCluster().nodes().get(30, TimeUnit.SECONDS));
    }
  }

  private Keys signed(String name) throws Exception {
    Keys keys = new Keys(folder, name);
    keys.signItself();
    return keys;
  }

  /** Certificate and key in one file, the key as PKCS 8. */
  private Path pem(String name, Keys keys, String password) throws Exception {
    KeyStore store = keys.store();
    PrivateKey key = (PrivateKey) store.getKey(store.aliases().nextElement(), new char[0]);
    OutputEncryptor encryptor =
        password == null
            ? null
            // Kafka's client knows no later one with Java 17.
            : new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.PBE_SHA1_3DES)
                .setProvider(new BouncyCastleProvider())
                .setPassword(password.toCharArray())
                .build();
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(new JcaPKCS8Generator(key, encryptor));
    }
    return Files.writeString(folder.resolve(name), text + Files.readString(keys.certificateFile()));
  }

  private static KafkaAccess certified(
      SecuredBroker broker, Keys brokers, Path store, String password) {
    return access(
        broker, brokers, Map.of("keystore", store.toString(), "keystore.password", password));
  }

  /** With a user by SASL, without one by TLS alone. */
  private static KafkaAccess access(SecuredBroker broker, Keys brokers, Map<String, String> more) {
    MockEnvironment settings =
        new MockEnvironment()
            .withProperty("hub.kafka", broker.address())
            .withProperty(
                "hub.kafka.security.protocol", more.containsKey("user") ? "SASL_SSL" : "SSL")
            .withProperty("hub.kafka.keystore", "")
            .withProperty("hub.kafka.truststore", brokers.certificate());
    more.forEach(
        (name, value) ->
            settings.setProperty(
                "hub.kafka." + (name.equals("mechanism") ? "sasl.mechanism" : name), value));
    return new KafkaAccess(settings);
  }
}
