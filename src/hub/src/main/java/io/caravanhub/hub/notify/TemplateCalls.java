package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The calls of the API for templates; one that would fail is refused here. Thread-safe. */
@Component("notificationTemplates")
public class TemplateCalls {
  private static final List<String> FIELDS =
      List.of("name", "channel", "language", "subject", "text", "html");

  private final TemplateRows rows;
  private final ShippedTemplates shipped;
  private final MessageWriter writer;
  private final EventFacts events;
  private final Brands brands;
  private final Audit audit;

  TemplateCalls(
      TemplateRows rows,
      ShippedTemplates shipped,
      MessageWriter writer,
      EventFacts events,
      Brands brands,
      Audit audit) {
    this.rows = rows;
    this.shipped = shipped;
    this.writer = writer;
    this.events = events;
    this.brands = brands;
    this.audit = audit;
  }

  /** {@code GET /notification-templates}: the tenant's own, then the shipped ones without an id. */
  public Page<Map<String, Object>> list() {
    List<Map<String, Object>> all = new ArrayList<>();
    rows.all().forEach(kept -> all.add(view(kept.id(), kept.template())));
    for (String name : shipped.names()) {
      for (String language : ShippedTemplates.LANGUAGES) {
        all.add(view(null, shipped.find(name, ChannelKind.SMTP, language)));
      }
    }
    return new Page<>(all, null);
  }

  /** {@code GET /notification-templates/{t}}. */
  public Map<String, Object> get(@Header("templateId") String id) {
    return view(require(id).id(), require(id).template());
  }

  /** {@code POST /notification-templates}. */
  @Transactional
  public Map<String, Object> create(@Body byte @Nullable [] body) {
    Template template = template(Fields.of(body), null);
    UUID id = UUID.randomUUID();
    try {
      rows.save(id, template);
    } catch (DuplicateKeyException e) {
      throw ProblemException.conflict(
          "name", "there is a template of this name, channel and language already");
    }
    Map<String, Object> shown = view(id, template);
    audit.record("notification-template.create", "notification-template:" + id, null, shown);
    return shown;
  }

  /** {@code PATCH /notification-templates/{t}}: its words; null takes the HTML away. */
  @Transactional
  public Map<String, Object> update(@Header("templateId") String id, @Body byte @Nullable [] body) {
    TemplateRows.Kept before = require(id);
    Fields fields = Fields.of(body);
    fields.only(List.of("subject", "text", "html"));
    Template after = template(fields, before.template());
    rows.save(before.id(), after);
    Map<String, Object> shown = view(before.id(), after);
    audit.record(
        "notification-template.update",
        "notification-template:" + id,
        view(before.id(), before.template()),
        shown);
    return shown;
  }

  /** {@code DELETE /notification-templates/{t}}: the shipped words are in force again. */
  @Transactional
  public Map<String, Object> delete(@Header("templateId") String id) {
    TemplateRows.Kept before = require(id);
    rows.delete(before.id());
    Map<String, Object> shown = view(before.id(), before.template());
    audit.record("notification-template.delete", "notification-template:" + id, shown, null);
    return shown;
  }

  /**
   * {@code POST /notification-templates/preview}: as it would be sent of a made-up event, or of
   * one.
   */
  public Map<String, Object> preview(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    List<String> known = new ArrayList<>(FIELDS);
    known.addAll(List.of("time_zone", "event"));
    fields.only(known);
    String event = fields.optionalText("event");
    String zone = Brands.zone("time_zone", fields.text("time_zone", brands.brand().timeZone()));
    ChannelKind kind = kind(fields.text("channel", "any"));
    Template template = template(fields, null);
    ObjectNode facts =
        event == null
            ? (ObjectNode) TemplateArguments.sampleFacts()
            : events
                .of(Ids.key("event", event), null)
                .orElseThrow(() -> ProblemException.notFound("event", event));
    MessageWriter.Reader reader =
        new MessageWriter.Reader(kind, template.language(), ZoneId.of(zone), brands.brand());
    Written written = writer.written(template, reader, facts, Map.of());
    if (kind == ChannelKind.SMTP) {
      written = MailPage.around(written, reader, facts, null, writer);
    }
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("subject", written.subject());
    shown.put("text", written.text());
    shown.put("html", written.html());
    return shown;
  }

  private static ChannelKind kind(String channel) {
    return channel.equals("any") ? ChannelKind.SMTP : ChannelKind.of("channel", channel);
  }

  private static Template template(Fields fields, @Nullable Template before) {
    fields.only(
        List.of("name", "channel", "language", "subject", "text", "html", "time_zone", "event"));
    String language =
        before == null ? Brands.language("language", fields.text("language")) : before.language();
    String channel = before == null ? fields.text("channel", "any") : before.channel();
    kind(channel);
    String name = before == null ? fields.text("name", "event") : before.name();
    if (!name.matches("[a-z0-9][a-z0-9_-]{0,63}")) {
      throw ProblemException.badField("name", "expected small letters, digits, - and _");
    }
    String subject =
        fields.has("subject") ? fields.whole("subject") : before == null ? "" : before.subject();
    String text = fields.has("text") ? fields.whole("text") : before == null ? null : before.text();
    String html = fields.has("html") ? fields.whole("html") : before == null ? null : before.html();
    if (text == null || text.isBlank()) {
      throw ProblemException.badField("text", "absent: expected a text in the ICU message format");
    }
    checked("subject", subject == null ? "" : subject, language);
    checked("text", text, language);
    if (html != null) {
      checked("html", html, language);
    }
    return new Template(name, channel, language, subject == null ? "" : subject, text, html);
  }

  private static void checked(String field, String text, String language) {
    try {
      TemplateText.checked(text, language);
    } catch (TemplateText.WrongTextException e) {
      throw ProblemException.badField(field, String.valueOf(e.getMessage()));
    }
  }

  private static Map<String, Object> view(@Nullable UUID id, Template template) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", id);
    view.put("name", template.name());
    view.put("channel", template.channel());
    view.put("language", template.language());
    view.put("subject", template.subject());
    view.put("text", template.text());
    view.put("html", template.html());
    view.put("shipped", id == null);
    return view;
  }

  private TemplateRows.Kept require(String id) {
    return rows.find(Ids.key("notification template", id))
        .orElseThrow(() -> ProblemException.notFound("notification template", id));
  }
}
