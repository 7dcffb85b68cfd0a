package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.JsonNode;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.registry.Audit;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.time.DateTimeException;
import java.time.LocalTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** The calls of the API for people who are told. Thread-safe. */
@Component("recipients")
public class RecipientCalls {
  private static final List<String> FIELDS =
      List.of(
          "name",
          "role",
          "language",
          "time_zone",
          "addresses",
          "quiet_hours",
          "digest",
          "digest_at",
          "most",
          "enabled",
          "unsubscribed");

  private final RecipientRows rows;
  private final Audit audit;

  RecipientCalls(RecipientRows rows, Audit audit) {
    this.rows = rows;
    this.audit = audit;
  }

  /** {@code GET /recipients}. */
  public Page<Map<String, Object>> list() {
    return new Page<>(rows.all().stream().map(this::view).toList(), null);
  }

  /** {@code GET /recipients/{r}}. */
  public Map<String, Object> get(@Header("recipientId") String id) {
    return view(require(id));
  }

  /** {@code POST /recipients}. */
  @Transactional
  public Map<String, Object> create(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.text("name");
    return save(
        new Recipient(
            UUID.randomUUID(),
            "",
            "",
            "",
            "",
            Map.of(),
            List.of(),
            "none",
            LocalTime.of(8, 0),
            null,
            true),
        fields,
        null);
  }

  /** {@code PATCH /recipients/{r}}: what is named is changed. */
  @Transactional
  public Map<String, Object> update(
      @Header("recipientId") String id, @Body byte @Nullable [] body) {
    Recipient before = require(id);
    return save(before, Fields.of(body), view(before));
  }

  /** {@code DELETE /recipients/{r}}: as it was. */
  @Transactional
  public Map<String, Object> delete(@Header("recipientId") String id) {
    Map<String, Object> before = view(require(id));
    rows.delete(Ids.key("recipient", id));
    audit.record("recipient.delete", "recipient:" + id, before, null);
    return before;
  }

  private Map<String, Object> save(
      Recipient before, Fields fields, @Nullable Map<String, Object> was) {
    fields.only(FIELDS);
    Boolean enabled = fields.optionalFlag("enabled");
    Integer most = fields.has("most") ? fields.optionalCount("most", 1, 1000) : before.most();
    String digest = fields.text("digest", before.digest());
    if (!digest.matches("none|hourly|daily")) {
      throw ProblemException.badField("digest", "expected none, hourly or daily");
    }
    String addresses = fields.object("addresses");
    Recipient after =
        new Recipient(
            before.id(),
            fields.text("name", before.name()),
            fields.text("role", before.role()),
            Brands.language("language", fields.text("language", before.language())),
            Brands.zone("time_zone", fields.text("time_zone", before.timeZone())),
            addresses == null ? before.addresses() : addresses(addresses),
            fields.has("quiet_hours")
                ? QuietHoursFields.of(fields.list("quiet_hours"))
                : before.quiet(),
            digest,
            time(fields.text("digest_at", before.digestAt().toString())),
            most,
            enabled == null ? before.enabled() : enabled);
    try {
      rows.save(after);
    } catch (DuplicateKeyException e) {
      throw ProblemException.conflict("name", "there is a recipient of this name already");
    }
    subscriptions(after, fields);
    Map<String, Object> shown = view(rows.find(after.id()).orElseThrow());
    audit.record(
        was == null ? "recipient.create" : "recipient.update",
        "recipient:" + after.id(),
        was,
        shown);
    return shown;
  }

  /** {@code unsubscribed: ["smtp"]}: to these nothing is sent, to the others it is again. */
  private void subscriptions(Recipient recipient, Fields fields) {
    if (!fields.has("unsubscribed")) {
      return;
    }
    List<?> without = fields.list("unsubscribed");
    recipient
        .addresses()
        .forEach(
            (channel, address) -> {
              if (without.contains(channel)) {
                rows.unsubscribe(channel, address);
              } else {
                rows.subscribeAgain(channel, address);
              }
            });
  }

  private static Map<String, String> addresses(String json) {
    Map<String, String> addresses = new TreeMap<>();
    for (Map.Entry<String, JsonNode> one : EventFacts.read(json).properties()) {
      String field = "addresses/" + one.getKey();
      ChannelKind kind = ChannelKind.of(field, one.getKey());
      String address = one.getValue().asText("").strip();
      if (!kind.isPersonal()) {
        throw ProblemException.badField(
            field, "a channel of this kind is one place; name it in an audience's channels");
      }
      if (kind == ChannelKind.SMTP) {
        requireMail(field, address);
      }
      if (kind == ChannelKind.SMS && !address.matches("\\+[1-9][0-9]{5,14}")) {
        throw ProblemException.badField(field, "expected a number such as +491701234567");
      }
      if (address.isEmpty() || address.length() > 254) {
        throw ProblemException.badField(field, "expected a text of at most 254 characters");
      }
      addresses.put(one.getKey(), address);
    }
    return addresses;
  }

  static void requireMail(String field, String address) {
    try {
      InternetAddress parsed = new InternetAddress(address, true);
      parsed.validate();
      if (parsed.getAddress().contains("@") && address.chars().noneMatch(Character::isISOControl)) {
        return;
      }
    } catch (AddressException e) {
      // told below
    }
    throw ProblemException.badField(field, "expected a mail address such as ops@example.com");
  }

  private static LocalTime time(String text) {
    try {
      return LocalTime.parse(text);
    } catch (DateTimeException e) {
      throw ProblemException.badField("digest_at", "expected a time such as 08:00");
    }
  }

  private Map<String, Object> view(Recipient recipient) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", recipient.id());
    view.put("name", recipient.name());
    view.put("role", recipient.role());
    view.put("language", recipient.language());
    view.put("time_zone", recipient.timeZone());
    view.put("addresses", recipient.addresses());
    view.put("quiet_hours", QuietHoursFields.view(recipient.quiet()));
    view.put("digest", recipient.digest());
    view.put("digest_at", recipient.digestAt().toString());
    view.put("most", recipient.most());
    view.put("enabled", recipient.enabled());
    view.put(
        "unsubscribed",
        recipient.addresses().entrySet().stream()
            .filter(a -> rows.hasUnsubscribed(a.getKey(), a.getValue()))
            .map(Map.Entry::getKey)
            .toList());
    return view;
  }

  private Recipient require(String id) {
    return rows.find(Ids.key("recipient", id))
        .orElseThrow(() -> ProblemException.notFound("recipient", id));
  }
}
