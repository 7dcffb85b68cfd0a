package io.caravanhub.hub.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The settings that a topic must have so that nothing is refused, and nothing lost that is
 * acknowledged. For one thread.
 */
final class TopicSettings {
  private static final Logger LOG = LoggerFactory.getLogger(TopicSettings.class);

  /** Topics that the hub takes back what it wrote from. */
  static final List<String> STAGES = List.of(KafkaTopics.RAW, KafkaTopics.NORMALIZED);

  /** What a record may have in bytes; the hub takes bodies of 8 MiB. */
  static final int RECORD_BYTES = 9_000_000;

  private static final String UNLIMITED = "-1";

  private final Optional<Short> replication;
  private final long retentionHours;

  /** Limits in bytes that the log has told of, by topic. */
  private final Map<String, String> told = new HashMap<>();

  TopicSettings(Optional<Short> replication, long retentionHours) {
    this.replication = replication;
    this.retentionHours = retentionHours;
  }

  /** Those of a topic that the hub makes. */
  Map<String, String> ofNew() {
    Map<String, String> settings = new HashMap<>();
    settings.put("retention.ms", Long.toString(retentionMillis()));
    // The brokers may have a limit that is reached sooner.
    settings.put("retention.bytes", UNLIMITED);
    settings.put("max.message.bytes", Integer.toString(RECORD_BYTES));
    settings.put("cleanup.policy", "delete");
    if (replication.isPresent() && replication.get() >= 3) {
      // What is acknowledged outlives the loss of a broker.
      settings.put("min.insync.replicas", "2");
    }
    return settings;
  }

  /** As options of {@code kafka-topics.sh}, for who makes a topic by hand. */
  String asOptions() {
    return "--config max.message.bytes=%d --config retention.ms=%d"
        .formatted(RECORD_BYTES, retentionMillis());
  }

  /**
   * Null when the settings of a topic that is there will do. A limit in bytes may be meant, and is
   * reached or not by what comes in: the log warns of it.
   *
   * @return what is wrong and the way out
   */
  @Nullable String problem(String topic, Config config) {
    String cleanup = value(config, "cleanup.policy");
    if (cleanup != null && cleanup.contains("compact")) {
      return "topic %s: has cleanup.policy %s, which drops records; set it to delete (%s)"
          .formatted(topic, cleanup, command(topic, "cleanup.policy", "delete"));
    }
    if (!STAGES.contains(topic)) {
      return null;
    }
    String most = value(config, "max.message.bytes");
    if (most != null && Long.parseLong(most) < RECORD_BYTES) {
      return "topic %s: has max.message.bytes %s, expected %d or more (%s)"
          .formatted(topic, most, RECORD_BYTES, command(topic, "max.message.bytes", RECORD_BYTES));
    }
    String kept = value(config, "retention.ms");
    if (kept != null && !kept.equals(UNLIMITED) && Long.parseLong(kept) < retentionMillis()) {
      return "topic %s: has retention.ms %s, expected %d or more for the %d hours of HUB_KAFKA_RETENTION_HOURS that the database may be away; set it (%s), or HUB_KAFKA_RETENTION_HOURS lower"
          .formatted(
              topic,
              kept,
              retentionMillis(),
              retentionHours,
              command(topic, "retention.ms", retentionMillis()));
    }
    warnOfBytes(topic, value(config, "retention.bytes"));
    return null;
  }

  private void warnOfBytes(String topic, @Nullable String bytes) {
    if (bytes == null || bytes.equals(UNLIMITED)) {
      told.remove(topic);
    } else if (!bytes.equals(told.put(topic, bytes))) {
      LOG.warn(
          "topic {}: has retention.bytes {}, so that records of a partition that are more are lost"
              + " while the database is away, before the {} hours of HUB_KAFKA_RETENTION_HOURS are"
              + " over; unless that is meant, set it to -1 ({})",
          topic,
          bytes,
          retentionHours,
          command(topic, "retention.bytes", UNLIMITED));
    }
  }

  private static @Nullable String value(Config config, String name) {
    ConfigEntry entry = config.get(name);
    return entry == null ? null : entry.value();
  }

  private static String command(String topic, String setting, Object value) {
    return "kafka-configs.sh --alter --topic %s --add-config %s=%s"
        .formatted(topic, setting, value);
  }

  private long retentionMillis() {
    return TimeUnit.HOURS.toMillis(retentionHours);
  }
}
