package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.address.HostGate;
import io.caravanhub.hub.api.Fields;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.registry.Audit;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * The calls of the API for webhook subscriptions. A secret is shown once, when it is made.
 * Thread-safe.
 */
@Component("webhookSubscriptions")
public class SubscriptionCalls {
  private static final Duration BOTH = Duration.ofHours(24);

  private final SubscriptionRows rows;
  private final MessageRows messages;
  private final ConnectionSettings settings;
  private final NotifyHttp http;
  private final MessageBell bell;
  private final Audit audit;

  SubscriptionCalls(
      SubscriptionRows rows,
      MessageRows messages,
      ConnectionSettings settings,
      NotifyHttp http,
      MessageBell bell,
      Audit audit) {
    this.rows = rows;
    this.messages = messages;
    this.settings = settings;
    this.http = http;
    this.bell = bell;
    this.audit = audit;
  }

  /** {@code GET /webhook-subscriptions}. */
  public Page<Map<String, Object>> list() {
    return new Page<>(rows.all().stream().map(SubscriptionCalls::view).toList(), null);
  }

  /** {@code GET /webhook-subscriptions/{s}}. */
  public Map<String, Object> get(@Header("subscriptionId") String id) {
    return view(require(id));
  }

  /** {@code POST /webhook-subscriptions}: the answer alone holds the secret. */
  @Transactional
  public Map<String, Object> create(@Body byte @Nullable [] body) {
    Fields fields = Fields.of(body);
    fields.only(List.of("name", "url", "wants"));
    UUID id = UUID.randomUUID();
    rows.save(id, fields.text("name", ""), url(fields.text("url")), wants(fields, null), true);
    Subscription made = rows.find(id).orElseThrow();
    String secret = WebhookSeal.newSecret();
    rows.credentials(id, settings.seal(made.owner(), Map.of("secret", secret)));
    Map<String, Object> shown = get(id.toString());
    audit.record("webhook-subscription.create", "webhook-subscription:" + id, null, shown);
    Map<String, Object> once = new LinkedHashMap<>(shown);
    once.put("secret", secret);
    return once;
  }

  /**
   * {@code PATCH /webhook-subscriptions/{s}}: what is named is changed; its trouble is forgotten.
   */
  @Transactional
  public Map<String, Object> update(
      @Header("subscriptionId") String id, @Body byte @Nullable [] body) {
    Subscription before = require(id);
    Fields fields = Fields.of(body);
    fields.only(List.of("name", "url", "wants", "enabled"));
    Boolean enabled = fields.optionalFlag("enabled");
    rows.save(
        before.id(),
        fields.text("name", before.name()),
        fields.has("url") ? url(fields.text("url")) : before.url(),
        wants(fields, before.wants()),
        enabled == null ? before.enabled() : enabled);
    Map<String, Object> after = get(id);
    audit.record("webhook-subscription.update", "webhook-subscription:" + id, view(before), after);
    return after;
  }

  /** {@code DELETE /webhook-subscriptions/{s}}: as it was; its log goes with it. */
  @Transactional
  public Map<String, Object> delete(@Header("subscriptionId") String id) {
    Map<String, Object> before = view(require(id));
    rows.delete(Ids.key("webhook subscription", id));
    audit.record("webhook-subscription.delete", "webhook-subscription:" + id, before, null);
    return before;
  }

  /** {@code POST /webhook-subscriptions/{s}/rotate}: a new secret; the old one counts for a day. */
  @Transactional
  public Map<String, Object> rotate(@Header("subscriptionId") String id) {
    Subscription subscription = require(id);
    Map<String, String> opened = settings.open(subscription.owner(), subscription.credentials());
    Map<String, String> sealed = new TreeMap<>();
    String secret = WebhookSeal.newSecret();
    Instant until = Instant.now().plus(BOTH);
    sealed.put("secret", secret);
    sealed.put("before", opened.getOrDefault("secret", ""));
    sealed.put("before_until", until.toString());
    rows.credentials(subscription.id(), settings.seal(subscription.owner(), sealed));
    audit.record("webhook-subscription.rotate", "webhook-subscription:" + id, null, null);
    Map<String, Object> once = new LinkedHashMap<>(get(id));
    once.put("secret", secret);
    once.put("old_secret_until", until);
    return once;
  }

  /**
   * {@code POST /webhook-subscriptions/{s}/test}: a message {@code test} goes out like any other.
   */
  public Map<String, Object> test(@Header("subscriptionId") String id) {
    Subscription subscription = require(id);
    ObjectNode facts = (ObjectNode) TemplateArguments.sampleFacts();
    UUID message =
        messages
            .plan(
                WebhookPlanner.draft(
                    subscription, "test", null, facts, "test:" + UUID.randomUUID()))
            .orElseThrow();
    bell.ring();
    return Map.of("message", message, "url", "/api/v1/messages/" + message);
  }

  private String url(String url) {
    String host;
    try {
      URI uri = new URI(url);
      host = uri.getHost();
      if (host == null
          || !String.valueOf(uri.getScheme()).matches("https?")
          || uri.getUserInfo() != null) {
        throw ProblemException.badField("url", "expected an address that begins with https://");
      }
    } catch (java.net.URISyntaxException e) {
      throw ProblemException.badField("url", "expected an address that begins with https://");
    }
    String refused = http.refusal(host);
    if (refused != null && !refused.equals(HostGate.UNKNOWN)) {
      throw ProblemException.badField("url", refused);
    }
    return url;
  }

  private static List<String> wants(Fields fields, @Nullable List<String> before) {
    if (!fields.has("wants")) {
      return before == null ? List.of("*") : before;
    }
    List<String> wants = fields.list("wants").stream().map(String::valueOf).toList();
    if (wants.isEmpty() || wants.size() > 50) {
      throw ProblemException.badField("wants", "expected 1 to 50 names");
    }
    for (String name : wants) {
      if (!name.matches("\\*|[a-z0-9_]{1,40}(\\.[a-z0-9_]{1,40}){0,3}(\\.\\*)?")) {
        throw ProblemException.badField(
            "wants", "expected names such as prediction.critical, event.* or *");
      }
    }
    return wants;
  }

  private static Map<String, Object> view(Subscription subscription) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("id", subscription.id());
    view.put("name", subscription.name());
    view.put("url", subscription.url());
    view.put("wants", subscription.wants());
    view.put("enabled", subscription.enabled());
    view.put(
        "health",
        !subscription.enabled()
            ? "paused"
            : subscription.failures() > 0
                ? "failing"
                : subscription.lastSuccess() == null ? "new" : "good");
    view.put("disabled_reason", subscription.disabledReason());
    view.put("failing_since", subscription.failingSince());
    view.put("last_success_at", subscription.lastSuccess());
    view.put("last_error", subscription.lastError());
    return view;
  }

  private Subscription require(String id) {
    return rows.find(Ids.key("webhook subscription", id))
        .orElseThrow(() -> ProblemException.notFound("webhook subscription", id));
  }
}
