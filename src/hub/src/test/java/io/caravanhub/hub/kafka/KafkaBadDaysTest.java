package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.caravanhub.hub.Answer;
import io.caravanhub.hub.Keys;
import io.caravanhub.hub.MqttDevice;
import io.caravanhub.hub.RunningHub;
import io.caravanhub.hub.RunningHub.Registered;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** A hub whose Kafka gives it no rights, takes them away, and goes down under it. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class KafkaBadDaysTest {
  private static final String PASSWORD = "of-the-hub";
  private static final Duration LONG = Duration.ofSeconds(60);

  @TempDir static Path folder;

  private static SecuredBroker broker;
  private static Admin operator;
  private static RunningHub hub;
  private static Registered device;
  private static int sent;

  @BeforeAll
  static void start() throws Exception {
    Keys keys = new Keys(folder, "broker");
    keys.signItself();
    broker = SecuredBroker.withRights(folder, keys, "hub", PASSWORD);
    operator = Admin.create(Map.<String, Object>of("bootstrap.servers", broker.insideAddress()));
    hub =
        RunningHub.another(
            "--camel.main.name=on-bad-days",
            "--spring.profiles.active=kafka",
            "--hub.kafka=" + broker.address(),
            "--hub.kafka.security.protocol=SASL_SSL",
            "--hub.kafka.sasl.mechanism=PLAIN",
            "--hub.kafka.user=hub",
            "--hub.kafka.password=" + PASSWORD,
            "--hub.kafka.truststore=" + keys.certificate(),
            "--hub.kafka.create.topics=false",
            "--hub.kafka.partitions=2");
    device = hub.device("sensor");
  }

  @AfterAll
  static void stop() throws Exception {
    hub.stop();
    operator.close(Duration.ofSeconds(1));
    broker.close();
  }

  @Test
  @Order(1)
  void saysWhichTopicItMayNotUseOrHasTooFewPartitionsAndRefusesMeanwhile() throws Exception {
    says("topic hub.raw: the hub's user may not describe it; give it Describe, Read and Write");
    assertThat(ingest().status()).isEqualTo(503);

    operator
        .createTopics(
            KafkaTopics.ALL.stream()
                .map(
                    name ->
                        new NewTopic(name, Optional.of(1), Optional.empty())
                            .configs(Map.of("max.message.bytes", "9000000")))
                .toList())
        .all()
        .get(30, TimeUnit.SECONDS);
    operator.createAcls(List.of(topics(AclOperation.READ))).all().get(30, TimeUnit.SECONDS);
    says("topic hub.raw: has 1 partitions, expected 2 or more");
    operator
        .createPartitions(
            Map.of(
                "hub.raw", NewPartitions.increaseTo(2),
                "hub.normalized", NewPartitions.increaseTo(2),
                "hub.events", NewPartitions.increaseTo(2)))
        .all()
        .get(30, TimeUnit.SECONDS);
    says("topic hub.raw: the hub's user lacks one of the rights [READ, WRITE]; give it");
    operator.createAcls(List.of(topics(AclOperation.WRITE))).all().get(30, TimeUnit.SECONDS);
  }

  @Test
  @Order(2)
  void saysWhichGroupItMayNotReadInAndTakesMessagesMeanwhile() throws Exception {
    says("group hub: the hub's user lacks the right Read; give it Read on the groups");
    assertThat(readiness()).isEqualTo(503);
    await().atMost(LONG).until(() -> ingest().status() == 202);
    publish(5);
    operator.createAcls(List.of(group("hub"))).all().get(30, TimeUnit.SECONDS);
    says("group hub.store: the hub's user lacks the right Read");
    operator.createAcls(List.of(group("hub.store"))).all().get(30, TimeUnit.SECONDS);
    await().atMost(LONG).until(() -> readiness() == 200);
    await().atMost(LONG).until(() -> hub.rows(device) == sent);
  }

  @Test
  @Order(3)
  void saysThatTheGroupIsClosedToItFromNowOnAndStoresAllWhenItIsOpenAgain() throws Exception {
    operator.deleteAcls(List.of(group("hub.store").toFilter())).all().get(30, TimeUnit.SECONDS);
    says("group hub.store: the hub's user lacks the right Read");
    publish(5);
    operator.createAcls(List.of(group("hub.store"))).all().get(30, TimeUnit.SECONDS);
    await().atMost(LONG).until(() -> readiness() == 200);
    await().atMost(LONG).until(() -> hub.rows(device) == sent);
  }

  @Test
  @Order(4)
  void goesOnByItselfWhenTheBrokerWentDownAndIsThereAgain() throws Exception {
    publish(20);
    broker.close();
    says("Kafka at " + broker.address() + " does not answer");
    assertThat(readiness()).isEqualTo(503);
    Answer refused = hub.ingest(device.token(), message(9_999));
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.retryAfter()).isNotEmpty();
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      assertThatThrownBy(() -> mqtt.publish(topic(), message(9_998)).get(30, TimeUnit.SECONDS))
          .hasMessageContaining("PUBACK contained an Error Code");
    }
    broker.start();
    await().atMost(LONG).until(() -> readiness() == 200);
    publish(20);
    await().atMost(LONG).until(() -> hub.rows(device) == sent);
    assertThat(hub.count("select count(*) from dead_letters where device = ?", device.id()))
        .isZero();
  }

  private static void says(String reason) {
    await()
        .atMost(LONG)
        .untilAsserted(
            () ->
                assertThat(
                        hub.get("/actuator/health", hub.admin())
                            .json()
                            .at("/components/kafka/details/reason")
                            .asText())
                    .contains(reason));
  }

  private static int readiness() {
    return hub.send(HttpRequest.newBuilder(hub.uri("/actuator/health/readiness")).GET().build())
        .status();
  }

  private static Answer ingest() {
    Answer answer = hub.ingest(device.token(), message(sent));
    if (answer.status() == 202) {
      sent++;
    }
    return answer;
  }

  private static void publish(int messages) throws Exception {
    try (MqttDevice mqtt = MqttDevice.connect(hub.mqttPort(), device.id(), device.token())) {
      for (int i = 0; i < messages; i++) {
        mqtt.publish(topic(), message(sent)).get(30, TimeUnit.SECONDS);
        sent++;
      }
    }
  }

  private static String topic() {
    return "t/default/d/" + device.id() + "/telemetry";
  }

  private static String message(int second) {
    return "{\"device_id\":\"%s\",\"timestamp\":\"%s\",\"metrics\":{\"temperature\":20}}"
        .formatted(device.id(), Instant.parse("2026-01-01T00:00:00Z").plusSeconds(second));
  }

  private static AclBinding topics(AclOperation operation) {
    return right(ResourceType.TOPIC, "hub.", PatternType.PREFIXED, operation);
  }

  private static AclBinding group(String name) {
    return right(ResourceType.GROUP, name, PatternType.LITERAL, AclOperation.READ);
  }

  private static AclBinding right(
      ResourceType type, String name, PatternType pattern, AclOperation operation) {
    return new AclBinding(
        new ResourcePattern(type, name, pattern),
        new AccessControlEntry("User:hub", "*", operation, AclPermissionType.ALLOW));
  }
}
