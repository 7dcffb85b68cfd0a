package io.caravanhub.hub.notify;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.connector.ConnectionSettings;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Sends one message over a channel while somebody looks. Thread-safe. */
@Component
class ChannelTrial {
  private final ConnectionSettings settings;
  private final Brands brands;
  private final MessageWriter writer;
  private final Map<ChannelKind, Sender> senders = new EnumMap<>(ChannelKind.class);

  ChannelTrial(
      ConnectionSettings settings, Brands brands, MessageWriter writer, List<Sender> senders) {
    this.settings = settings;
    this.brands = brands;
    this.writer = writer;
    senders.forEach(s -> this.senders.put(s.kind(), s));
  }

  /** What became of it; nothing is sent again. */
  Map<String, Object> send(Channel channel, String to) {
    Sender sender = senders.get(channel.kind());
    Map<String, Object> shown = new LinkedHashMap<>();
    if (sender == null) {
      shown.put("ok", true);
      shown.put("reason", "messages of the console go nowhere else");
      return shown;
    }
    if (channel.kind().isPersonal() && to.isBlank()) {
      throw ProblemException.badField("to", "absent: expected the address to write to");
    }
    if (channel.kind() == ChannelKind.SMTP) {
      RecipientCalls.requireMail("to", to);
    }
    long began = System.nanoTime();
    Outcome outcome = sender.send(parcel(channel, to));
    shown.put("ok", outcome.kind() == Outcome.Kind.SENT);
    shown.put("status", outcome.status());
    shown.put("millis", (System.nanoTime() - began) / 1_000_000);
    shown.put("reason", outcome.reason());
    return shown;
  }

  private Parcel parcel(Channel channel, String to) {
    Brand brand = brands.brand();
    MessageWriter.Reader reader = MessageDelivery.reader(channel, null, brand);
    ObjectNode facts = JsonNodeFactory.instance.objectNode();
    facts
        .putObject("event")
        .put("severity", "low")
        .put("message", "Test of the channel " + channel.name());
    Written written =
        writer.write("test", reader, facts, Map.of("channel", channel.name(), "address", to));
    Map<String, String> all = new TreeMap<>(channel.settings());
    all.putAll(settings.open(channel.owner(), channel.credentials()));
    return new Parcel(
        UUID.randomUUID(),
        CallerContext.current().tenant(),
        null,
        "tell",
        to,
        false,
        all,
        channel.kind() == ChannelKind.SMTP
            ? MailPage.around(written, reader, facts, null, writer)
            : written,
        facts,
        brand,
        null,
        Instant.now());
  }
}
