package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.hub.event.RecordedEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/** Announces to people over the tenant's channels, and to systems that have subscribed. */
@Component
class ChannelAnnouncer implements Announcer {
  private static final Logger LOG = LoggerFactory.getLogger(ChannelAnnouncer.class);

  /** The audience that every tenant has: whoever signs in to the console. */
  static final String EVERYBODY = "everybody";

  /** Roles of the hub are audiences too, as long as there is none of their name. */
  private static final Set<String> ROLES =
      Set.of("admin", "engineer", "dispatcher", "technician", "viewer");

  private final EventFacts events;
  private final AudienceRows audiences;
  private final MessagePlanner planner;
  private final WebhookPlanner webhooks;
  private final Escalations escalations;
  private final Brands brands;
  private final TransactionTemplate nested;

  ChannelAnnouncer(
      EventFacts events,
      AudienceRows audiences,
      MessagePlanner planner,
      WebhookPlanner webhooks,
      Escalations escalations,
      Brands brands,
      PlatformTransactionManager transactions) {
    this.events = events;
    this.audiences = audiences;
    this.planner = planner;
    this.webhooks = webhooks;
    this.escalations = escalations;
    this.brands = brands;
    this.nested = new TransactionTemplate(transactions);
    this.nested.setPropagationBehavior(TransactionDefinition.PROPAGATION_NESTED);
  }

  @Override
  public Announced announce(RecordedEvent event, Announcement announcement) {
    try {
      return Objects.requireNonNull(nested.execute(status -> announce(event.id(), announcement)));
    } catch (RuntimeException e) {
      LOG.warn("{} cannot be told of event {} now", announcement.to(), event.id(), e);
      return new Announced(List.of(), "not now: " + e.getMessage(), true);
    }
  }

  Announced announce(UUID event, Announcement announcement) {
    ObjectNode facts = events.of(event, null).orElse(null);
    if (facts == null) {
      return new Announced(List.of(), "nobody is told: the event is gone");
    }
    return announcement.kind() == Announcement.Kind.WEBHOOK
        ? webhooks.announce(announcement.to(), event, facts)
        : notify(event, announcement, facts);
  }

  private Announced notify(UUID event, Announcement announcement, ObjectNode facts) {
    String template = announcement.template() == null ? "event" : announcement.template();
    MessagePlanner.Telling telling =
        new MessagePlanner.Telling(
            event, facts, announcement.to(), template, announcement.urgent(), 0);
    Audience audience = audiences.named(announcement.to()).orElse(null);
    if (audience == null && announcement.to().equals(EVERYBODY)) {
      return new Announced(
          planner.console(MessagePlanner.Whose.EVERYBODYS, telling, brands.brand()).stream()
              .toList(),
          "everybody who signs in to the console is told");
    }
    if (audience == null && ROLES.contains(announcement.to())) {
      return role(announcement.to(), telling);
    }
    Audience.Step first = audience == null ? null : audience.step(0);
    if (audience == null || first == null) {
      return new Announced(
          List.of(), "nobody is told: there is no audience \"" + announcement.to() + "\"");
    }
    Announced announced = planner.plan(first, telling);
    escalations.begin(audience, telling, announcement.policy());
    return announced;
  }

  /** Whoever signs in with the role, and recipients that are said to have it. */
  private Announced role(String role, MessagePlanner.Telling telling) {
    List<UUID> planned = new ArrayList<>();
    planner
        .console(new MessagePlanner.Whose(null, role), telling, brands.brand())
        .ifPresent(planned::add);
    Announced others =
        planner.plan(new Audience.Step(0, Set.of(), Set.of(role), Set.of(), Set.of()), telling);
    planned.addAll(others.planned());
    return new Announced(
        planned,
        "who signs in to the console as "
            + role
            + " is told"
            + (others.planned().isEmpty() ? "" : "; " + others.reason()));
  }
}
