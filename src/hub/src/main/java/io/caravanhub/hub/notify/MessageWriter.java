package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.JsonNode;
import com.ibm.icu.util.ULocale;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Puts facts into the words of a template: the tenant's own, else the shipped one, in the reader's
 * language. Thread-safe.
 */
@Component
class MessageWriter {
  /** Of a digest, so many are told one by one. */
  static final int ITEMS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(MessageWriter.class);

  private final TemplateRows rows;
  private final ShippedTemplates shipped;

  /** Who reads it. */
  record Reader(ChannelKind kind, String language, ZoneId zone, Brand brand) {}

  MessageWriter(TemplateRows rows, ShippedTemplates shipped) {
    this.rows = rows;
    this.shipped = shipped;
  }

  /**
   * @param template its name
   * @param more arguments that the facts do not hold
   */
  Written write(String template, Reader reader, JsonNode facts, Map<String, ?> more) {
    Template found = find(template, reader);
    try {
      return written(found, reader, facts, more);
    } catch (RuntimeException e) {
      // A template is tried when it is saved, with one example: this one fails with others, or is
      // older than an argument of today. An event is not lost for its words.
      LOG.warn("The template {} cannot be used: {}", template, e.getMessage());
      return written(shipped.find(template, reader.kind(), reader.language()), reader, facts, more);
    }
  }

  /** With a template that may not be saved yet. */
  Written written(Template template, Reader reader, JsonNode facts, Map<String, ?> more) {
    ULocale locale = ULocale.forLanguageTag(template.language());
    // A region of the reader's keeps its ways with numbers and dates.
    ULocale reads = ULocale.forLanguageTag(reader.language());
    ULocale words = reads.getLanguage().equals(locale.getLanguage()) ? reads : locale;
    Map<String, Object> own = new HashMap<>(more);
    own.put("brand", reader.brand().name());
    own.putIfAbsent("items", "");
    UnaryOperator<String> escape = Escape.of(reader.kind());
    Map<String, Object> plain =
        TemplateArguments.of(facts, items(own, facts), words, reader.zone(), escape);
    if (facts.has("items")) {
      // Its lines are escaped already.
      plain.put("items", lines(facts, reader, escape));
    }
    String subject = Escape.line(TemplateText.known(template.subject()).with(plain, words));
    String text = TemplateText.known(template.text()).with(plain, words).strip();
    return new Written(
        subject,
        text,
        reader.kind() == ChannelKind.SMTP ? html(template, reader, facts, own) : null);
  }

  private String html(Template template, Reader reader, JsonNode facts, Map<String, Object> own) {
    ULocale words = ULocale.forLanguageTag(reader.language());
    Map<String, Object> escaped =
        TemplateArguments.of(facts, items(own, facts), words, reader.zone(), Escape::html);
    if (facts.has("items")) {
      escaped.put("items", lines(facts, reader, Escape::html));
    }
    String page = template.html();
    return page != null
        ? TemplateText.known(page).with(escaped, words)
        : TemplateText.known(template.text()).with(escaped, words).strip().replace("\n", "<br>\n");
  }

  private static Map<String, Object> items(Map<String, Object> own, JsonNode facts) {
    Map<String, Object> all = new HashMap<>(own);
    int count = facts.path("items").size();
    if (count > 0) {
      all.put("count", facts.path("count").asInt(count));
      all.put("more", Math.max(0, facts.path("count").asInt(count) - Math.min(ITEMS, count)));
      all.put("items", "x");
    }
    return all;
  }

  private String lines(JsonNode facts, Reader reader, UnaryOperator<String> escape) {
    try {
      return lines(find("line", reader), facts, reader, escape);
    } catch (RuntimeException e) {
      LOG.warn("The template line cannot be used: {}", e.getMessage());
      return lines(shipped.find("line", reader.kind(), reader.language()), facts, reader, escape);
    }
  }

  private static String lines(
      Template line, JsonNode facts, Reader reader, UnaryOperator<String> escape) {
    ULocale words = ULocale.forLanguageTag(reader.language());
    StringBuilder all = new StringBuilder();
    for (JsonNode item : facts.path("items").valueStream().limit(ITEMS).toList()) {
      all.append(all.isEmpty() ? "" : "\n")
          .append(
              TemplateText.known(line.text())
                  .with(TemplateArguments.of(item, Map.of(), words, reader.zone(), escape), words));
    }
    return all.toString();
  }

  private Template find(String name, Reader reader) {
    @Nullable Template own =
        rows.best(name, reader.kind(), reader.language(), reader.brand().language());
    return own != null ? own : shipped.find(name, reader.kind(), reader.language());
  }

  /** Words of the hub's own, such as those of a button. */
  Template own(String name, String language) {
    return shipped.find(name, ChannelKind.SMTP, language);
  }
}
