package io.caravanhub.hub.broker;

import java.util.List;

/**
 * An MQTT topic filter (MQTT 5.0, 4.7.1): {@code +} stands for one level, a last {@code #} for the
 * rest.
 */
record TopicFilter(List<String> levels) {

  TopicFilter(String filter) {
    this(List.of(filter.split("/", -1)));
  }

  boolean matches(String[] topic) {
    for (int i = 0; i < levels.size(); i++) {
      String level = levels.get(i);
      if (level.equals("#")) {
        return true;
      }
      if (i >= topic.length || !(level.equals("+") || level.equals(topic[i]))) {
        return false;
      }
    }
    return levels.size() == topic.length;
  }
}
