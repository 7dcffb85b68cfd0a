package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.core.address.GatedHttp;
import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.connector.SecretException;
import io.caravanhub.hub.notice.Notices;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Sends webhooks to those who have subscribed, signed as Standard Webhooks has it; who has not
 * taken any for long is sent none any more. Thread-safe.
 */
@Component
class WebhookSender {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookSender.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final NotifyHttp http;
  private final SubscriptionRows rows;
  private final ConnectionSettings settings;
  private final Notices notices;
  private final Duration patience;

  /**
   * @param patience how long a subscriber may fail before it is sent nothing any more
   */
  WebhookSender(
      NotifyHttp http,
      SubscriptionRows rows,
      ConnectionSettings settings,
      Notices notices,
      @Value("${hub.notify.webhook.patience:P3D}") Duration patience) {
    this.http = http;
    this.rows = rows;
    this.settings = settings;
    this.notices = notices;
    this.patience = patience;
  }

  /** One attempt, for the tenant in force. */
  Outcome send(MessageEntry entry) {
    Subscription subscription =
        entry.subscription() == null ? null : rows.find(entry.subscription()).orElse(null);
    if (subscription == null) {
      return Outcome.refused("there is no such subscription any more", null);
    }
    List<String> secrets;
    try {
      secrets = secrets(settings.open(subscription.owner(), subscription.credentials()));
    } catch (SecretException e) {
      return Outcome.later(String.valueOf(e.getMessage()), null, null);
    }
    byte[] body = body(entry);
    Instant now = Instant.now();
    String id = "msg_" + entry.id();
    try {
      GatedHttp.Answer answer =
          http.send(
              "POST",
              subscription.url(),
              Map.of(
                  "Content-Type",
                  "application/json",
                  "User-Agent",
                  "caravan-hub",
                  "webhook-id",
                  id,
                  "webhook-timestamp",
                  Long.toString(now.getEpochSecond()),
                  "webhook-signature",
                  WebhookSeal.headers(secrets, id, now, body)),
              body);
      return answer.status() == 410
          ? Outcome.gone("the subscriber answered 410: it wants nothing more", 410)
          : answer.success()
              ? Outcome.sent(answer.status(), null)
              : Outcome.later(
                  "the subscriber answered " + answer.status(),
                  answer.status(),
                  answer.retryAfter(NotifyHttp.LONGEST_WAIT));
    } catch (GatedHttp.NoAnswerException e) {
      return HttpOutcomes.of(e, "the subscriber");
    }
  }

  /** The same for every attempt. */
  static byte[] body(MessageEntry entry) {
    ObjectNode body =
        JSON.createObjectNode()
            .put("type", entry.name())
            .put("timestamp", entry.createdAt().toString());
    ObjectNode data = entry.json();
    data.put("tenant", entry.tenant());
    body.set("data", data);
    return body.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The secret, and the one before for as long as it counts. */
  static List<String> secrets(Map<String, String> opened) {
    List<String> secrets = new ArrayList<>();
    secrets.add(opened.getOrDefault("secret", ""));
    String until = opened.get("before_until");
    if (until != null && Instant.parse(until).isAfter(Instant.now())) {
      secrets.add(opened.getOrDefault("before", ""));
    }
    return secrets;
  }

  /** Ends a subscription that wants nothing or has failed for too long; somebody is told. */
  void judge(MessageEntry entry, Outcome outcome) {
    if (entry.subscription() == null) {
      return;
    }
    if (outcome.kind() == Outcome.Kind.SENT) {
      notices.resolve("webhook-subscription:" + entry.subscription());
      return;
    }
    Subscription now = rows.find(entry.subscription()).orElse(null);
    if (now == null) {
      return;
    }
    boolean tooLong =
        now.failingSince() != null && now.failingSince().plus(patience).isBefore(Instant.now());
    if (outcome.kind() != Outcome.Kind.GONE && !tooLong) {
      return;
    }
    String reason =
        outcome.kind() == Outcome.Kind.GONE
            ? "it answered that it wants nothing more (410)"
            : "it has taken nothing since " + now.failingSince();
    if (rows.disable(now.id(), reason)) {
      String name = now.name().isEmpty() ? now.id().toString() : now.name();
      notices.raise(
          "webhook-subscription:" + now.id(),
          "high",
          "The webhook subscription " + name + " is sent nothing any more: " + reason);
      LOG.warn("the webhook subscription {} of {} is disabled: {}", name, now.tenant(), reason);
    }
  }
}
