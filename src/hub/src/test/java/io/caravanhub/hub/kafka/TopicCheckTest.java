package io.caravanhub.hub.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class TopicCheckTest {
  @TempDir static Path folder;

  private static KafkaBroker kafka;
  private static Admin admin;

  @BeforeAll
  static void start() throws Exception {
    kafka = new KafkaBroker(folder.resolve("kafka"));
    admin = Admin.create(Map.<String, Object>of("bootstrap.servers", kafka.address()));
  }

  @AfterAll
  static void stop() throws Exception {
    admin.close();
    kafka.close();
  }

  private static void set(String setting, String value) throws Exception {
    ConfigResource raw = new ConfigResource(ConfigResource.Type.TOPIC, "hub.raw");
    admin
        .incrementalAlterConfigs(
            Map.of(
                raw,
                List.of(
                    new AlterConfigOp(new ConfigEntry(setting, value), AlterConfigOp.OpType.SET))))
        .all()
        .get();
  }

  @Test
  void onlyLooksWhereItMayNotMakeTopicsAndMakesThemWhereItMay() throws Exception {
    String absent = new TopicCheck(false, 4, (short) 0, 72).problem(admin);
    assertThat(absent)
        .startsWith("topic hub.raw: ")
        .contains("there is none, and HUB_KAFKA_CREATE_TOPICS is false", "--partitions 4")
        .contains("--config max.message.bytes=9000000 --config retention.ms=259200000");

    admin
        .createTopics(
            List.of(
                new NewTopic("hub.raw", Optional.of(2), Optional.empty())
                    .configs(Map.of("cleanup.policy", "compact"))))
        .all()
        .get();
    assertThat(new TopicCheck(true, 4, (short) 0, 72).problem(admin))
        .isEqualTo(
            "topic hub.raw: has 2 partitions, expected 4 or more; add some while no hub runs (kafka-topics.sh --alter --topic hub.raw --partitions 4), or set HUB_KAFKA_PARTITIONS to 2");

    TopicCheck two = new TopicCheck(true, 2, (short) 0, 72);
    assertThat(two.problem(admin))
        .startsWith("topic hub.raw: has cleanup.policy compact, which drops records");
    set("cleanup.policy", "delete");
    assertThat(two.problem(admin))
        .startsWith("topic hub.raw: has max.message.bytes 1048588, expected 9000000 or more");
    set("max.message.bytes", "9000000");
    set("retention.ms", "259199999");
    assertThat(two.problem(admin))
        .isEqualTo(
            "topic hub.raw: has retention.ms 259199999, expected 259200000 or more for the 72 hours of HUB_KAFKA_RETENTION_HOURS that the database may be away; set it (kafka-configs.sh --alter --topic hub.raw --add-config retention.ms=259200000), or HUB_KAFKA_RETENTION_HOURS lower");
    set("retention.ms", "-1");
    assertThat(two.problem(admin)).isNull();
    Map<String, TopicDescription> topics =
        admin.describeTopics(KafkaTopics.ALL).allTopicNames().get();
    assertThat(topics.values()).allMatch(t -> t.partitions().size() == 2);
    ConfigResource normalized = new ConfigResource(ConfigResource.Type.TOPIC, "hub.normalized");
    Config made = admin.describeConfigs(List.of(normalized)).all().get().get(normalized);
    assertThat(made.get("retention.ms").value()).isEqualTo("259200000");
    assertThat(made.get("retention.bytes").source())
        .as("whatever the brokers have")
        .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
    warnsOfALimitInBytesOnce(two);
    assertThat(new TopicCheck(false, 2, (short) 0, 72).problem(admin)).isNull();
    assertThat(new TopicCheck(false, 2, (short) 0, 73).problem(admin))
        .startsWith("topic hub.normalized: has retention.ms 259200000, expected 262800000 or more");
  }

  private static void warnsOfALimitInBytesOnce(TopicCheck check) throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger(TopicSettings.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      assertThat(check.problem(admin)).isNull();
      assertThat(log.list).isEmpty();
      set("retention.bytes", "1000000000");
      assertThat(check.problem(admin)).isNull();
      assertThat(check.problem(admin)).isNull();
      set("retention.bytes", "-1");
      assertThat(check.problem(admin)).isNull();
    } finally {
      logger.detachAppender(log);
    }
    assertThat(log.list)
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getLevel() + " " + event.getFormattedMessage())
                    .startsWith("WARN topic hub.raw: has retention.bytes 1000000000")
                    .contains("--topic hub.raw --add-config retention.bytes=-1"));
  }
}
