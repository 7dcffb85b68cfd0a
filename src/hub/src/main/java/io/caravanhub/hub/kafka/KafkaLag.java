package io.caravanhub.hub.kafka;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * How many records wait in Kafka for each stage: what is behind the offsets that its group has
 * committed. By Kafka's own numbers, so every hub that asks tells the same. Not a number while
 * Kafka is away. And how long they wait, which each hub tells of those it takes. {@link #look} is
 * of one thread.
 */
@Component
@ConditionalOnProperty("hub.kafka.enabled")
class KafkaLag {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaLag.class);

  /** By group. */
  private static final Map<String, String> TOPICS =
      Map.of("hub", KafkaTopics.RAW, "hub.store", KafkaTopics.NORMALIZED);

  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final int ANSWER_SECONDS = 4;

  private final Map<String, Double> waiting = new ConcurrentHashMap<>();
  private long lookedAt = System.nanoTime() - PERIOD_NANOS;

  KafkaLag(MeterRegistry meters, RecordAges ages) {
    TOPICS.forEach(
        (group, topic) -> {
          Gauge.builder("hub.kafka.lag.records", () -> waiting.getOrDefault(group, Double.NaN))
              .description("Records that wait in Kafka for the consumers of the group")
              .tag("group", group)
              .register(meters);
          Gauge.builder("hub.kafka.lag", () -> ages.seconds(topic))
              .baseUnit("seconds")
              .description("Age of the oldest record of Kafka that this hub is dealing with")
              .tag("group", group)
              .register(meters);
        });
  }

  /** Asks Kafka, unless it has just done so. */
  void look(Admin admin) throws InterruptedException {
    if (System.nanoTime() - lookedAt < PERIOD_NANOS) {
      return;
    }
    lookedAt = System.nanoTime();
    try {
      for (Map.Entry<String, String> group : TOPICS.entrySet()) {
        waiting.put(group.getKey(), (double) records(admin, group.getKey(), group.getValue()));
      }
    } catch (ExecutionException | TimeoutException e) {
      // A coordinator may be on its way to another broker.
      LOG.debug("What waits in Kafka is not known", e);
      unknown();
    }
  }

  /** Kafka is away. */
  void unknown() {
    waiting.clear();
  }

  private static long records(Admin admin, String group, String topic)
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, OffsetAndMetadata> committed =
        admin
            .listConsumerGroupOffsets(group)
            .partitionsToOffsetAndMetadata()
            .get(ANSWER_SECONDS, TimeUnit.SECONDS);
    Map<TopicPartition, OffsetSpec> first = new HashMap<>();
    Map<TopicPartition, OffsetSpec> last = new HashMap<>();
    for (TopicPartitionInfo partition : partitions(admin, topic)) {
      TopicPartition of = new TopicPartition(topic, partition.partition());
      last.put(of, OffsetSpec.latest());
      if (committed.get(of) == null) {
        first.put(of, OffsetSpec.earliest());
      }
    }
    long begun = sum(admin, first);
    for (TopicPartition of : last.keySet()) {
      OffsetAndMetadata offset = committed.get(of);
      begun += offset == null ? 0 : offset.offset();
    }
    return Math.max(0, sum(admin, last) - begun);
  }

  private static List<TopicPartitionInfo> partitions(Admin admin, String topic)
      throws InterruptedException, ExecutionException, TimeoutException {
    return admin
        .describeTopics(List.of(topic))
        .topicNameValues()
        .values()
        .iterator()
        .next()
        .get(ANSWER_SECONDS, TimeUnit.SECONDS)
        .partitions();
  }

  private static long sum(Admin admin, Map<TopicPartition, OffsetSpec> wanted)
      throws InterruptedException, ExecutionException, TimeoutException {
    return wanted.isEmpty()
        ? 0
        : admin.listOffsets(wanted).all().get(ANSWER_SECONDS, TimeUnit.SECONDS).values().stream()
            .mapToLong(offset -> offset.offset())
            .sum();
  }
}
