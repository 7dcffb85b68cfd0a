package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Decides over which channels a step of an audience is told, and when: now, after quiet hours, with
 * a digest, or once the limit allows. Thread-safe.
 */
@Component
class MessagePlanner {
  private final ChannelRows channels;
  private final RecipientRows recipients;
  private final MessageRows messages;
  private final Brands brands;
  private final MessageWriter writer;
  private final Inbox inbox;
  private final int most;
  private final long windowSeconds;
  private final Clock clock;

  /**
   * What is told.
   *
   * @param template its name
   * @param again in how many-eth place after the first
   */
  record Telling(
      UUID event, ObjectNode facts, String audience, String template, boolean urgent, int again) {
    String severity() {
      return facts.at("/event/severity").asText("low");
    }

    int raises() {
      return facts.at("/event/raises").asInt(1);
    }

    /** What comes back is told again. */
    String key(String audience) {
      return "event:"
          + event
          + ":"
          + severity()
          + ":"
          + audience
          + ":"
          + again
          + (raises() > 1 ? ":" + raises() : "");
    }
  }

  @Autowired
  MessagePlanner(
      ChannelRows channels,
      RecipientRows recipients,
      MessageRows messages,
      Brands brands,
      MessageWriter writer,
      Inbox inbox,
      @Value("${hub.notify.limit.count:10}") int most,
      @Value("${hub.notify.limit.seconds:600}") long windowSeconds) {
    this(
        channels,
        recipients,
        messages,
        brands,
        writer,
        inbox,
        most,
        windowSeconds,
        Clock.systemUTC());
  }

  MessagePlanner(
      ChannelRows channels,
      RecipientRows recipients,
      MessageRows messages,
      Brands brands,
      MessageWriter writer,
      Inbox inbox,
      int most,
      long windowSeconds,
      Clock clock) {
    this.channels = channels;
    this.recipients = recipients;
    this.messages = messages;
    this.brands = brands;
    this.writer = writer;
    this.inbox = inbox;
    this.most = most;
    this.windowSeconds = windowSeconds;
    this.clock = clock;
  }

  /**
   * What is asked once for a whole step.
   *
   * @param unsubscribed kinds of channels and addresses
   */
  private record Standing(
      Set<String> unsubscribed, Map<MessageRows.Slot, MessageRows.Load> loads) {}

  /** Plans what a step is told, in the transaction in force. */
  Announced plan(Audience.Step step, Telling telling) {
    Brand brand = brands.brand();
    List<Channel> all = channels.all().stream().filter(Channel::enabled).toList();
    List<Recipient> named =
        recipients.named(step.recipients(), step.roles()).stream().filter(step::names).toList();
    Standing standing =
        new Standing(
            recipients.unsubscribed(
                named.stream().flatMap(r -> r.addresses().values().stream()).toList()),
            messages.loads(
                all.stream().filter(c -> !c.kind().isPersonal()).map(Channel::id).toList(),
                named.stream().map(Recipient::id).toList(),
                windowSeconds));
    List<UUID> planned = new ArrayList<>();
    Map<String, Integer> fates = new TreeMap<>();
    for (Recipient recipient : named) {
      for (Map.Entry<String, String> address : recipient.addresses().entrySet()) {
        if (!step.via().isEmpty() && !step.via().contains(address.getKey())) {
          continue;
        }
        if (address.getKey().equals(ChannelKind.IN_APP.label())) {
          console(new Whose(address.getValue(), null), telling, brand).ifPresent(planned::add);
          fates.merge("in the console", 1, Integer::sum);
        }
        all.stream()
            .filter(c -> c.kind().isPersonal() && c.kind().label().equals(address.getKey()))
            .filter(c -> c.kind() != ChannelKind.IN_APP)
            .forEach(
                c -> {
                  MessageRows.Draft draft =
                      draft(c, recipient, address.getValue(), telling, brand, standing);
                  messages.plan(draft).ifPresent(planned::add);
                  fates.merge(fate(draft), 1, Integer::sum);
                });
      }
    }
    for (Channel channel : all) {
      if (!step.channels().contains(channel.name())) {
        continue;
      }
      if (channel.kind() == ChannelKind.IN_APP) {
        console(Whose.EVERYBODYS, telling, brand).ifPresent(planned::add);
        fates.merge("in the console", 1, Integer::sum);
      } else if (!channel.kind().isPersonal()) {
        MessageRows.Draft draft = draft(channel, null, "", telling, brand, standing);
        messages.plan(draft).ifPresent(planned::add);
        fates.merge(fate(draft), 1, Integer::sum);
      }
    }
    return new Announced(planned, said(telling, fates));
  }

  /** Whose a message in the console is: a name's, a role's of the hub, or everybody's. */
  record Whose(@Nullable String subject, @Nullable String role) {
    static final Whose EVERYBODYS = new Whose(null, null);
  }

  /** A message in the console. */
  Optional<UUID> console(Whose whose, Telling telling, Brand brand) {
    MessageWriter.Reader reader =
        new MessageWriter.Reader(
            ChannelKind.IN_APP, brand.language(), java.time.ZoneId.of(brand.timeZone()), brand);
    Written written =
        writer.write(
            telling.template(), reader, telling.facts(), Map.of("escalated", telling.again()));
    return inbox.leave(
        whose.subject(),
        whose.role(),
        telling.event(),
        telling.severity(),
        written,
        "/events/" + telling.event(),
        whose.equals(Whose.EVERYBODYS)
            ? telling.key(ChannelAnnouncer.EVERYBODY)
            : telling.key(telling.audience()) + ":in-app:" + whose.role() + ":" + whose.subject());
  }

  private MessageRows.Draft draft(
      Channel channel,
      @Nullable Recipient recipient,
      String address,
      Telling telling,
      Brand brand,
      Standing standing) {
    Instant now = clock.instant();
    Instant at = now;
    String state = "PLANNED";
    String reason = null;
    boolean pager = channel.kind() == ChannelKind.PAGERDUTY;
    if (recipient != null
        && standing.unsubscribed().contains(channel.kind().label() + " " + address)) {
      state = "SUPPRESSED";
      reason = "the recipient has unsubscribed";
    } else if (recipient != null
        && !telling.urgent()
        && recipient.goesOut(now, brand).isAfter(now)) {
      at = recipient.goesOut(now, brand);
      state = "HELD";
      reason = recipient.digest().equals("none") ? "quiet hours" : recipient.digest() + " digest";
    } else if (!pager) {
      Integer own = recipient == null ? null : recipient.most();
      MessageRows.Load load =
          standing
              .loads()
              .get(new MessageRows.Slot(channel.id(), recipient == null ? null : recipient.id()));
      Instant full =
          load == null || load.count() < (own == null ? most : own)
              ? null
              : load.first().plusSeconds(windowSeconds);
      if (full != null) {
        at = full;
        state = "HELD";
        reason = "too many messages within " + windowSeconds / 60 + " minutes";
      }
    }
    return new MessageRows.Draft(
        "notification",
        channel.id(),
        recipient == null ? null : recipient.id(),
        telling.event(),
        telling.template(),
        pager ? "trigger" : "tell",
        telling.audience(),
        telling.again(),
        address,
        telling.urgent(),
        telling.facts(),
        telling.key(telling.audience())
            + ":"
            + channel.id()
            + (recipient == null ? "" : ":" + recipient.id()),
        state,
        reason,
        at);
  }

  private static String fate(MessageRows.Draft draft) {
    return draft.state().equals("PLANNED")
        ? "sent"
        : draft.state().equals("HELD") ? "held: " + draft.reason() : "not sent: " + draft.reason();
  }

  private static String said(Telling telling, Map<String, Integer> fates) {
    return fates.isEmpty()
        ? "nobody is told: the audience \""
            + telling.audience()
            + "\" has nobody with an address of a channel that is enabled"
        : "the audience \""
            + telling.audience()
            + "\" is told: "
            + fates.entrySet().stream()
                .map(f -> f.getValue() + " " + f.getKey())
                .collect(Collectors.joining(", "));
  }
}
