package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.stereotype.Component;

/** The templates that come with the hub, {@code notifications/<language>.yaml}. Thread-safe. */
@Component
class ShippedTemplates {
  /** The languages there are, the one for everybody else first. */
  static final List<String> LANGUAGES = List.of("en", "de");

  private final Map<String, JsonNode> files = new TreeMap<>();

  ShippedTemplates() {
    LANGUAGES.forEach(language -> files.put(language, read(language)));
  }

  /** The template, or the one of an event when there is none of this name. */
  Template find(String name, ChannelKind kind, String language) {
    String known = LANGUAGES.contains(base(language)) ? base(language) : LANGUAGES.get(0);
    JsonNode file = java.util.Objects.requireNonNull(files.get(known));
    JsonNode found = file.path(file.has(name) ? name : "event");
    String subject = found.path("subject").asText("");
    String text = found.path("text").asText("");
    return switch (kind) {
      case SMS -> new Template(name, "any", known, subject, found.path("sms").asText(text), null);
      case IN_APP ->
          new Template(name, "any", known, found.path("title").asText(subject), text, null);
      default -> new Template(name, "any", known, subject, text, null);
    };
  }

  /** Names of those that tenants may have in their own words. */
  List<String> names() {
    return List.of("event", "line", "digest", "test");
  }

  private static String base(String language) {
    return language.replaceFirst("[-_].*", "").toLowerCase(java.util.Locale.ROOT);
  }

  private static JsonNode read(String language) {
    String file = "/notifications/" + language + ".yaml";
    try (InputStream yaml = ShippedTemplates.class.getResourceAsStream(file)) {
      return new YAMLMapper().readTree(yaml);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
