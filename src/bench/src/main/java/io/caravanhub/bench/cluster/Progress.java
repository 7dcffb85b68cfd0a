package io.caravanhub.bench.cluster;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/**
 * How far the hubs have passed on what is in {@code hub.raw} and stored what is in {@code
 * hub.normalized}: the offsets that they commit afterwards, looked at twenty times a second.
 * Thread-safe.
 */
final class Progress implements AutoCloseable {
  private static final List<String> GROUPS = List.of("hub", "hub.store");
  private static final String STORED = "hub.normalized";
  private static final int LOOK_MILLIS = 50;
  private static final int ANSWER_SECONDS = 10;

  private final Admin admin;
  private final Map<TopicPartition, Long> offsets = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Long> waitsSince = new ConcurrentHashMap<>();
  private final Map<TopicPartition, Long> longest = new ConcurrentHashMap<>();
  private final Thread thread = new Thread(this::watch, "progress");

  /** Begins to look. */
  Progress(String brokers) {
    this.admin = Admin.create(Map.of("bootstrap.servers", brokers));
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    try {
      while (true) {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        try {
          look();
        } catch (ExecutionException | TimeoutException e) {
          // Kafka is away: nothing is committed either.
          continue;
        }
      }
    } catch (InterruptedException e) {
      // Closed.
      Thread.currentThread().interrupt();
    }
  }

  private void look() throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, Long> found = committed();
    Map<TopicPartition, Long> before = new HashMap<>(offsets);
    offsets.putAll(found);
    Map<TopicPartition, Long> ends = ends();
    long now = System.nanoTime();
    found.forEach(
        (partition, offset) -> {
          if (!offset.equals(before.get(partition))) {
            Long since = waitsSince.remove(partition);
            if (since != null) {
              longest.merge(partition, now - since, Math::max);
            }
          }
          if (ends.getOrDefault(partition, offset) > offset) {
            waitsSince.putIfAbsent(partition, now);
          }
        });
  }

  private Map<TopicPartition, Long> committed()
      throws InterruptedException, ExecutionException, TimeoutException {
    Map<TopicPartition, Long> found = new HashMap<>();
    for (String group : GROUPS) {
      admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get(ANSWER_SECONDS, TimeUnit.SECONDS)
          .forEach(
              (partition, offset) -> {
                if (offset != null) {
                  found.put(partition, offset.offset());
                }
              });
    }
    return found;
  }

  /** Forgets the gaps until now. */
  void mark() {
    longest.clear();
  }

  /**
   * The longest time since {@link #mark} that records of a partition waited for a commit, one that
   * has not come yet included. A partition to which nothing comes waits for nothing.
   */
  double longestGapSeconds() {
    long now = System.nanoTime();
    long gap = longest.values().stream().mapToLong(Long::longValue).max().orElse(0);
    for (long since : waitsSince.values()) {
      gap = Math.max(gap, now - since);
    }
    return gap / 1e9;
  }

  /** Records on which a stage has still to commit; as many as can be while Kafka is away. */
  long lag() throws InterruptedException {
    try {
      Map<TopicPartition, Long> stored = committed();
      return ends().entrySet().stream()
          .mapToLong(end -> end.getValue() - stored.getOrDefault(end.getKey(), 0L))
          .sum();
    } catch (ExecutionException | TimeoutException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Records that were ever to be stored. */
  long records() throws InterruptedException, ExecutionException, TimeoutException {
    return ends().entrySet().stream()
        .filter(end -> end.getKey().topic().equals(STORED))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private Map<TopicPartition, Long> ends()
      throws InterruptedException, ExecutionException, TimeoutException {
    return admin
        .listOffsets(
            offsets.keySet().stream()
                .collect(Collectors.toMap(partition -> partition, p -> OffsetSpec.latest())))
        .all()
        .get(ANSWER_SECONDS, TimeUnit.SECONDS)
        .entrySet()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, end -> end.getValue().offset()));
  }

  @Override
  public void close() {
    thread.interrupt();
    admin.close();
  }
}
