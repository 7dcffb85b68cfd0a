package io.caravanhub.core.stream;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.cloud.Parts;
import io.caravanhub.core.stream.MessageKind.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tells what kind of message one is, and takes it apart by device. Thread-safe. */
public final class MessageSorter {
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final Function<String, @Nullable String> settings;
  private final List<Known> known = new ArrayList<>();

  private record Known(MessageKind kind, List<TopicPattern> patterns) {
    @Nullable Map<String, String> match(String topic) {
      for (TopicPattern pattern : patterns) {
        Map<String, String> found = pattern.match(topic);
        if (found != null) {
          return found;
        }
      }
      return null;
    }
  }

  /**
   * For one connection.
   *
   * @param settings answers a name with a setting, or null
   */
  public MessageSorter(List<MessageKind> kinds, Function<String, @Nullable String> settings) {
    this.settings = settings;
    for (MessageKind kind : kinds) {
      known.add(
          new Known(kind, kind.topics().stream().map(t -> TopicPattern.of(t, settings)).toList()));
    }
  }

  /**
   * The topic filters to subscribe to, none of which lets in what another does.
   *
   * @param describing only those of messages that describe devices, or only the others
   */
  public List<String> filters(boolean describing) {
    Set<String> first = filters(k -> k.inventory() != null, Set.of());
    return List.copyOf(describing ? first : filters(k -> k.inventory() == null, first));
  }

  private Set<String> filters(java.util.function.Predicate<MessageKind> of, Set<String> others) {
    Set<String> all = new LinkedHashSet<>();
    known.stream()
        .filter(k -> of.test(k.kind) && !k.kind.isPassedOver())
        .flatMap(k -> k.patterns.stream())
        .map(TopicPattern::filter)
        .forEach(all::add);
    Set<String> needed = new LinkedHashSet<>(all);
    needed.removeIf(
        narrow ->
            all.stream().anyMatch(w -> !w.equals(narrow) && TopicPattern.covers(w, narrow))
                || others.contains(narrow));
    return needed;
  }

  /**
   * The message taken apart; null when nothing that is declared fits it.
   *
   * @param topic empty for a WebSocket
   * @throws CloudException when there is too much in it
   */
  public @Nullable Sorted sort(String topic, byte[] payload) {
    for (Known each : known) {
      Map<String, String> places = topic.isEmpty() ? Map.of() : each.match(topic);
      if (places == null) {
        continue;
      }
      if (each.kind.isPassedOver() && each.kind.when().isEmpty()) {
        return new Sorted(each.kind, List.of());
      }
      JsonNode document = read(each.kind, payload);
      if (document == null) {
        return Sorted.unread(each.kind, places.getOrDefault("device", ""));
      }
      if (fits(each.kind, document)) {
        List<Part> parts = parts(each.kind, topic, places, document);
        return parts.isEmpty() && each.kind.mapping() != null && lacks(each.kind, document)
            ? Sorted.unread(each.kind, places.getOrDefault("device", ""))
            : new Sorted(each.kind, parts);
      }
    }
    return null;
  }

  /** The payload, or null when it is not written as declared. */
  private static @Nullable JsonNode read(MessageKind kind, byte[] payload) {
    if (kind.payload() == Payload.TEXT) {
      return text(payload);
    }
    try {
      JsonNode document = JSON.readTree(payload);
      if (document != null && !document.isMissingNode()) {
        return document;
      }
    } catch (IOException notJson) {
      // Below.
    }
    return kind.payload() == Payload.JSON ? null : text(payload);
  }

  private static JsonNode text(byte[] payload) {
    return JsonNodeFactory.instance.textNode(new String(payload, StandardCharsets.UTF_8).strip());
  }

  private static boolean fits(MessageKind kind, JsonNode document) {
    return kind.when().isEmpty() || kind.when().stream().anyMatch(w -> fits(w, document));
  }

  private static boolean fits(Map<String, Set<String>> when, JsonNode document) {
    return when.entrySet().stream()
        .allMatch(
            e -> {
              JsonNode at = document.at(e.getKey());
              return !at.isMissingNode()
                  && (e.getValue().contains("*") || e.getValue().contains(at.asText()));
            });
  }

  /** Whether nothing is where the items should be, not even an empty list of them. */
  private static boolean lacks(MessageKind kind, JsonNode document) {
    return kind.parts().items().stream()
        .map(pointer -> pointer.replaceFirst("/\\*.*", ""))
        .allMatch(pointer -> document.at(pointer).isMissingNode());
  }

  private List<Part> parts(
      MessageKind kind, String topic, Map<String, String> places, JsonNode document) {
    ObjectNode parent = null;
    if (!topic.isEmpty()) {
      parent = JsonNodeFactory.instance.objectNode().put("topic", topic);
      places.forEach(parent::put);
    }
    return Parts.of(
        kind.parts(),
        document,
        parent,
        name -> places.containsKey(name) ? places.get(name) : settings.apply(name));
  }
}
