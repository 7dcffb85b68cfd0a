package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.caravanhub.hub.Keys;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.camel.component.kafka.KafkaComponent;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.types.Password;
import org.apache.kafka.common.errors.SaslAuthenticationException;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.mock.env.MockEnvironment;

class KafkaAccessTest {
  private static final String PASSWORD = "se\"cr\\et";

  private static final String WRONG = "another-secret";

  @TempDir Path folder;

  @Test
  void reachesABrokerOverTlsWithAUserAndItsPassword() throws Exception {
    Keys keys = new Keys(folder, "broker");
    keys.signItself();
    try (SecuredBroker broker = new SecuredBroker(folder, keys, "hub", PASSWORD)) {
      KafkaAccess access = access(broker, keys.certificate(), PASSWORD);
      try (Admin admin = Admin.create(access.properties())) {
        TopicCheck check = new TopicCheck(true, 1, (short) 1, 72);
        assertThat(check.problem(admin)).isNull();
      }
      Map<String, Object> producer =
          ((KafkaComponent) new KafkaConfiguration().hubKafka(access, new PollFailures()))
              .getConfiguration()
              .getAdditionalProperties();
      try (KafkaProducer<String, String> writer =
          new KafkaProducer<>(producer, new StringSerializer(), new StringSerializer())) {
        assertThat(
                writer
                    .send(new ProducerRecord<>("hub.raw", "k", "v"))
                    .get(30, TimeUnit.SECONDS)
                    .offset())
            .isZero();
      }
      try (Admin admin = Admin.create(access(broker, keys.certificate(), WRONG).properties())) {
        assertThatThrownBy(() -> admin.describeCluster().nodes().get(30, TimeUnit.SECONDS))
            .hasCauseInstanceOf(SaslAuthenticationException.class)
            .hasMessageNotContaining(WRONG);
      }
      assertThat(access.properties().get("sasl.jaas.config"))
          .isInstanceOfSatisfying(
              Password.class, jaas -> assertThat(jaas.value()).contains("se\\\"cr"));
      assertThat(access.properties().toString())
          .as("as logs would show it")
          .contains("sasl.jaas.config")
          .doesNotContain("se\\\"cr", PASSWORD);
    }
  }

  private static KafkaAccess access(SecuredBroker broker, String authority, String password) {
    return new KafkaAccess(
        new MockEnvironment()
            .withProperty("hub.kafka", broker.address())
            .withProperty("hub.kafka.security.protocol", "SASL_SSL")
            .withProperty("hub.kafka.sasl.mechanism", "PLAIN")
            .withProperty("hub.kafka.user", "hub")
            .withProperty("hub.kafka.password", password)
            .withProperty("hub.kafka.keystore", "")
            .withProperty("hub.kafka.truststore", authority));
  }
}
