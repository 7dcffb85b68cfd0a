package io.caravanhub.hub.devicemap;

import io.caravanhub.core.fieldbus.Tag;
import io.caravanhub.core.suggest.TagProposal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tags with the point of a map that each would be. */
final class TagPoints {
  private TagPoints() {}

  /**
   * The tags as the API answers them; what is no folder has a {@code point}. No metric is proposed
   * twice.
   */
  static List<Map<String, @Nullable Object>> of(String protocol, List<Tag> tags) {
    Set<String> metrics = new HashSet<>();
    List<Map<String, @Nullable Object>> items = new ArrayList<>();
    for (Tag tag : tags) {
      Map<String, @Nullable Object> item = new LinkedHashMap<>();
      item.put("path", tag.path());
      item.put("name", tag.name());
      item.put("description", tag.description());
      item.put("type", tag.type());
      item.put("unit", tag.unit());
      item.put("value", tag.value());
      item.put("folder", tag.folder());
      if (!tag.folder()) {
        item.put("point", point(protocol, tag, metrics));
      }
      items.add(item);
    }
    return items;
  }

  private static Map<String, Object> point(String protocol, Tag tag, Set<String> metrics) {
    TagProposal proposal = TagProposal.of(tag.name(), tag.description(), tag.value(), tag.unit());
    String metric = proposal.metric();
    if (!metrics.add(metric)) {
      metric = free(TagProposal.key(tag.name()), metrics);
    }
    Map<String, Object> point = new LinkedHashMap<>();
    point.put("metric", metric);
    point.put(protocol.equals("bacnet") ? "object" : "node", tag.path());
    if (proposal.unit() != null) {
      point.put("unit", proposal.unit());
    }
    return point;
  }

  private static String free(String key, Set<String> metrics) {
    String free = key;
    for (int i = 2; !metrics.add(free); i++) {
      free = key + "_" + i;
    }
    return free;
  }
}
