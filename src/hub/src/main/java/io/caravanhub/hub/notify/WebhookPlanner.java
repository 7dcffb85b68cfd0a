package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Plans webhooks for those who want to hear of what happened. Thread-safe. */
@Component
class WebhookPlanner {
  private final SubscriptionRows subscriptions;
  private final MessageRows messages;

  WebhookPlanner(SubscriptionRows subscriptions, MessageRows messages) {
    this.subscriptions = subscriptions;
    this.messages = messages;
  }

  /** As a policy wants it, once for each severity that the event has had. */
  Announced announce(String name, UUID event, ObjectNode facts) {
    if (name.matches("(event|work_order|quote|task)\\..*")) {
      return new Announced(List.of(), "systems that want " + name + " are told of it unasked");
    }
    List<Subscription> subscriptions = subscriptions();
    List<UUID> planned =
        plan(name, event, facts, facts.at("/event/severity").asText(""), subscriptions);
    long wanted = subscriptions.stream().filter(s -> s.wants(name)).count();
    return new Announced(
        planned,
        wanted == 0
            ? "no system has subscribed to " + name
            : wanted + (wanted == 1 ? " system is" : " systems are") + " told of " + name);
  }

  /**
   * Plans one for each subscription.
   *
   * @param occasion tells apart what happens to an event more than once
   * @param subscriptions as {@link #subscriptions} has them
   */
  List<UUID> plan(
      String name,
      UUID event,
      ObjectNode facts,
      String occasion,
      List<Subscription> subscriptions) {
    List<UUID> planned = new ArrayList<>();
    for (Subscription subscription : subscriptions) {
      if (!subscription.wants(name)) {
        continue;
      }
      messages
          .plan(
              draft(
                  subscription,
                  name,
                  event,
                  facts,
                  "hook:" + subscription.id() + ":" + name + ":" + event + ":" + occasion))
          .ifPresent(planned::add);
    }
    return planned;
  }

  static MessageRows.Draft draft(
      Subscription subscription, String name, @Nullable UUID event, ObjectNode facts, String key) {
    return new MessageRows.Draft(
        "webhook",
        subscription.id(),
        null,
        event,
        name,
        "tell",
        null,
        0,
        subscription.url(),
        true,
        facts,
        key,
        "PLANNED",
        null,
        Instant.now());
  }

  /** Those of the tenant in force that are enabled. */
  List<Subscription> subscriptions() {
    return subscriptions.all().stream().filter(Subscription::enabled).toList();
  }
}
