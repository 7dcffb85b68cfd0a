package io.caravanhub.core.mqtt;

import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Messages of one connection that have failed, and those of the same topics that came after them
 * and wait, so that the order in a topic is kept. Thread-safe.
 */
final class HeldBack {
  /**
   * A message in hand.
   *
   * @param number in the order of arrival
   */
  record Message(long number, Mqtt5Publish publish) {
    String topic() {
      return publish.getTopic().toString();
    }
  }

  private final Map<String, TreeMap<Long, Message>> topics = new HashMap<>();
  private long last;

  /** Numbers a message; null when it has to wait behind others of its topic. */
  synchronized @Nullable Message comes(Mqtt5Publish publish) {
    Message message = new Message(++last, publish);
    TreeMap<Long, Message> waiting = topics.get(message.topic());
    if (waiting == null) {
      return message;
    }
    waiting.put(message.number, message);
    return null;
  }

  /** Holds back one that failed; says whether it is the first of its topic. */
  synchronized boolean failed(Message message) {
    boolean first = !topics.containsKey(message.topic());
    topics.computeIfAbsent(message.topic(), topic -> new TreeMap<>()).put(message.number, message);
    return first;
  }

  /** Takes what waits in a topic to be tried now; what comes meanwhile still waits. */
  synchronized List<Message> take(String topic) {
    TreeMap<Long, Message> waiting = topics.getOrDefault(topic, new TreeMap<>());
    List<Message> all = new ArrayList<>(waiting.values());
    waiting.clear();
    return all;
  }

  /** Whether an earlier one of its topic has failed again; then it waits, too. */
  synchronized boolean isBehind(Message message) {
    TreeMap<Long, Message> waiting = topics.get(message.topic());
    if (waiting == null || waiting.isEmpty() || waiting.firstKey() >= message.number) {
      return false;
    }
    waiting.put(message.number, message);
    return true;
  }

  /** After those were tried: whether others wait again; if not the topic is free. */
  synchronized boolean waits(String topic) {
    TreeMap<Long, Message> waiting = topics.get(topic);
    if (waiting != null && waiting.isEmpty()) {
      topics.remove(topic);
    }
    return topics.containsKey(topic);
  }
}
