package io.caravanhub.hub.notify;

import io.caravanhub.hub.connector.ConnectionSettings;
import io.caravanhub.hub.connector.SecretException;
import io.caravanhub.hub.database.TenantScope;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.Variable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** One attempt at a message: written in its reader's words, sent, noted. Thread-safe. */
@Component("messageDelivery")
public class MessageDelivery {
  /** The exchange variable that holds the entry under way. */
  public static final String ENTRY = "entry";

  private static final Logger LOG = LoggerFactory.getLogger(MessageDelivery.class);

  private final MessageOutbox outbox;
  private final ChannelRows channels;
  private final RecipientRows recipients;
  private final Brands brands;
  private final MessageWriter writer;
  private final ConnectionSettings settings;
  private final WebhookSender webhooks;
  private final Unsubscribe unsubscribe;
  private final MessageBell bell;
  private final Map<ChannelKind, Sender> senders = new EnumMap<>(ChannelKind.class);

  MessageDelivery(
      MessageOutbox outbox,
      ChannelRows channels,
      RecipientRows recipients,
      Brands brands,
      MessageWriter writer,
      ConnectionSettings settings,
      WebhookSender webhooks,
      Unsubscribe unsubscribe,
      MessageBell bell,
      List<Sender> senders) {
    this.outbox = outbox;
    this.channels = channels;
    this.recipients = recipients;
    this.brands = brands;
    this.writer = writer;
    this.settings = settings;
    this.webhooks = webhooks;
    this.unsubscribe = unsubscribe;
    this.bell = bell;
    senders.forEach(s -> this.senders.put(s.kind(), s));
  }

  /** Sends it and notes what became of it. */
  public void send(@Variable(ENTRY) MessageEntry entry) {
    if (!outbox.begins(entry)) {
      return;
    }
    if (entry.subscription() != null) {
      Outcome outcome = TenantScope.call(entry.tenant(), () -> webhooks.send(entry));
      outbox.settle(entry, outcome, true);
      TenantScope.run(entry.tenant(), () -> webhooks.judge(entry, outcome));
    } else {
      Channel channel =
          TenantScope.call(
              entry.tenant(),
              () -> entry.channel() == null ? null : channels.find(entry.channel()).orElse(null));
      if (channel == null) {
        return;
      }
      if (entry.recipient() != null
          && TenantScope.call(
              entry.tenant(),
              () -> recipients.hasUnsubscribed(channel.kind().label(), entry.address()))) {
        outbox.suppressed(entry, "the recipient has unsubscribed");
        return;
      }
      Outcome outcome = TenantScope.call(entry.tenant(), () -> attempt(entry, channel));
      tell(channel, outcome);
      outbox.settle(entry, outcome, isIdempotent(channel.kind()));
    }
    bell.ring();
  }

  private boolean isIdempotent(ChannelKind kind) {
    Sender sender = senders.get(kind);
    return sender != null && sender.isIdempotent();
  }

  private Outcome attempt(MessageEntry entry, Channel channel) {
    Sender sender = senders.get(channel.kind());
    if (sender == null) {
      return Outcome.refused("nothing is sent over channels of this kind", null);
    }
    try {
      return sender.send(parcel(entry, channel));
    } catch (SecretException e) {
      return Outcome.later(String.valueOf(e.getMessage()), null, null);
    }
  }

  private Parcel parcel(MessageEntry entry, Channel channel) {
    Brand brand = brands.brand();
    Recipient recipient =
        entry.recipient() == null ? null : recipients.find(entry.recipient()).orElse(null);
    MessageWriter.Reader reader = reader(channel, recipient, brand);
    Written written =
        writer.write(
            entry.name(),
            reader,
            entry.json(),
            Map.of(
                "escalated",
                entry.step(),
                "recipient",
                recipient == null ? "" : recipient.name(),
                "channel",
                channel.name(),
                "address",
                entry.address()));
    String leave =
        channel.kind() == ChannelKind.SMTP && recipient != null
            ? unsubscribe.link(entry.tenant(), channel.kind(), entry.address())
            : null;
    Map<String, String> all = new TreeMap<>(channel.settings());
    all.putAll(settings.open(channel.owner(), channel.credentials()));
    Written page =
        channel.kind() == ChannelKind.SMTP
            ? MailPage.around(written, reader, entry.json(), leave, writer)
            : written;
    return new Parcel(
        entry.id(),
        entry.tenant(),
        entry.event(),
        entry.act(),
        entry.address(),
        entry.urgent(),
        all,
        page,
        entry.json(),
        brand,
        leave,
        entry.createdAt());
  }

  static MessageWriter.Reader reader(Channel channel, @Nullable Recipient recipient, Brand brand) {
    String language = recipient == null ? channel.language(brand) : recipient.languageOr(brand);
    ZoneId zone = recipient == null ? channel.zone(brand) : recipient.zoneOr(brand);
    return new MessageWriter.Reader(channel.kind(), language, zone, brand);
  }

  /** Trouble of a channel is told when it begins and when it ends. */
  private static void tell(Channel channel, Outcome outcome) {
    boolean bad = outcome.kind() == Outcome.Kind.LATER || outcome.kind() == Outcome.Kind.UNSURE;
    if (bad && channel.failures() == 0) {
      LOG.warn(
          "the channel {} of {} fails: {}", channel.name(), channel.tenant(), outcome.reason());
    } else if (outcome.kind() == Outcome.Kind.SENT && channel.failures() > 0) {
      LOG.info("the channel {} of {} works again", channel.name(), channel.tenant());
    }
  }

  /** What nobody thought of; the message may have gone out. */
  public void failed(
      @Variable(ENTRY) MessageEntry entry,
      @ExchangeProperty("CamelExceptionCaught") Throwable failure) {
    LOG.warn("a message could not be handled", failure);
    outbox.settle(
        entry,
        Outcome.unsure("unexpected: " + failure.getClass().getSimpleName()),
        entry.subscription() != null || !entry.act().equals("tell"));
  }
}
