package io.caravanhub.hub.notify;

import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.connector.SecretException;
import io.caravanhub.hub.registry.Audit;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The calls of the API for notification channels. Secrets go in and never come out, not even to the
 * audit log. Thread-safe.
 */
@Component("notificationChannels")
public class ChannelCalls {
  /** What says where secrets are sent, and how well kept on the way. */
  private static final List<String> SERVER =
      List.of("host", "port", "security", "certificate_authority", "url");

  private final ChannelRows rows;
  private final ConnectionSettings settings;
  private final ChannelTrial trial;
  private final Audit audit;

  ChannelCalls(ChannelRows rows, ConnectionSettings settings, ChannelTrial trial, Audit audit) {
    this.rows = rows;
    this.settings = settings;
    this.trial = trial;
    this.audit = audit;
  }

  /** {@code GET /notification-channel-kinds}: what each has to be told, as JSON Schema. */
  public Page<Map<String, Object>> kinds() {
    return new Page<>(
        java.util.Arrays.stream(ChannelKind.values())
            .map(k -> Map.<String, Object>of("kind", k.label(), "settings", k.schema()))
            .toList(),
        null);
  }

  /** {@code GET /notification-channels}. */
  public Page<Map<String, Object>> list() {
    return new Page<>(rows.all().stream().map(this::view).toList(), null);
  }

  /** {@code GET /notification-channels/{c}}. */
  public Map<String, Object> get(@Header("channelId") String id) {
    return view(require(id));
  }

  /** {@code POST /notification-channels}: in use at once. */
  @Transactional
  public Map<String, Object> create(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("kind", "name", "settings"));
    ChannelKind kind = ChannelKind.of("kind", fields.text("kind"));
    Map<String, String> open = settings.defaults(kind.label(), kind.schema());
    Map<String, String> secret = new TreeMap<>();
    settings.merge(kind.label(), kind.schema(), fields.object("settings"), open, secret);
    check(open);
    UUID id = UUID.randomUUID();
    String name = fields.text("name", kind.label());
    try {
      rows.insert(id, kind, name, open);
    } catch (DuplicateKeyException e) {
      throw ProblemException.conflict("name", "there is a channel of this name already");
    }
    Channel made = rows.find(id).orElseThrow();
    rows.update(id, name, true, open, settings.seal(made.owner(), secret));
    Map<String, Object> shown = get(id.toString());
    audit.record("notification-channel.create", "notification-channel:" + id, null, shown);
    return shown;
  }

  /** {@code PATCH /notification-channels/{c}}: settings not named stay, null takes one away. */
  @Transactional
  public Map<String, Object> update(@Header("channelId") String id, @Body byte @Nullable [] body) {
    Channel channel = require(id);
    Map<String, Object> before = view(channel);
    Fields fields = Fields.of(body);
    fields.only(List.of("name", "enabled", "settings"));
    Map<String, String> open = new TreeMap<>(channel.settings());
    Map<String, String> secret = settings.open(channel.owner(), channel.credentials());
    String given = fields.object("settings");
    Set<String> kept = new TreeSet<>(secret.keySet());
    settings.merge(channel.kind().label(), channel.kind().schema(), given, open, secret);
    kept.retainAll(secret.keySet());
    requireSecretsWithServer(channel, given, open, kept);
    check(open);
    Boolean enabled = fields.optionalFlag("enabled");
    try {
      rows.update(
          channel.id(),
          fields.text("name", channel.name()),
          enabled == null ? channel.enabled() : enabled,
          open,
          settings.seal(channel.owner(), secret));
    } catch (DuplicateKeyException e) {
      throw ProblemException.conflict("name", "there is a channel of this name already");
    }
    Map<String, Object> after = get(id);
    audit.record("notification-channel.update", "notification-channel:" + id, before, after);
    return after;
  }

  /** {@code DELETE /notification-channels/{c}}: as it was; its messages go with it. */
  @Transactional
  public Map<String, Object> delete(@Header("channelId") String id) {
    Map<String, Object> before = view(require(id));
    rows.delete(Ids.key("notification channel", id));
    audit.record("notification-channel.delete", "notification-channel:" + id, before, null);
    return before;
  }

  /** {@code POST /notification-channels/{c}/test {to?}}: sends one message at once. */
  public Map<String, Object> test(@Header("channelId") String id, @Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("to"));
    return trial.send(require(id), fields.text("to", ""));
  }

  /** Else whoever may change the server has the secrets sent to one of his own, or in the clear. */
  private void requireSecretsWithServer(
      Channel channel, @Nullable String given, Map<String, String> open, Set<String> kept) {
    if (SERVER.stream().allMatch(s -> Objects.equals(open.get(s), channel.settings().get(s)))) {
      return;
    }
    for (String name : kept) {
      if (!settings.isEntered(given, name)) {
        throw ProblemException.badField(
            "settings/" + name, "enter it again, for it would be sent to another server");
      }
    }
  }

  private static void check(Map<String, String> open) {
    Brands.language("settings/language", open.getOrDefault("language", ""));
    Brands.zone("settings/time_zone", open.getOrDefault("time_zone", ""));
    if (open.containsKey("from") && open.containsKey("host")) {
      RecipientCalls.requireMail("settings/from", open.getOrDefault("from", ""));
    }
    if (open.containsKey("certificate_authority")) {
      try {
        MailTrust.of(open.getOrDefault("certificate_authority", ""));
      } catch (IllegalArgumentException e) {
        throw ProblemException.badField(
            "settings/certificate_authority", "expected certificates in PEM");
      }
    }
  }

  private Map<String, Object> view(Channel channel) {
    Map<String, String> secret;
    try {
      secret = settings.open(channel.owner(), channel.credentials());
    } catch (SecretException e) {
      secret = new TreeMap<>();
    }
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", channel.id());
    view.put("kind", channel.kind().label());
    view.put("name", channel.name());
    view.put("enabled", channel.enabled());
    view.put("settings", settings.shown(channel.kind().schema(), channel.settings(), secret));
    view.put("health", health(channel));
    view.put("last_success_at", channel.lastSuccess());
    view.put("last_error", channel.lastError());
    return view;
  }

  private static String health(Channel channel) {
    if (!channel.enabled()) {
      return "paused";
    }
    Instant rest = channel.restUntil();
    if (rest != null && rest.isAfter(Instant.now())) {
      return "resting";
    }
    return channel.failures() > 0 ? "failing" : channel.lastSuccess() == null ? "new" : "good";
  }

  private Channel require(String id) {
    return rows.find(Ids.key("notification channel", id))
        .orElseThrow(() -> ProblemException.notFound("notification channel", id));
  }
}
