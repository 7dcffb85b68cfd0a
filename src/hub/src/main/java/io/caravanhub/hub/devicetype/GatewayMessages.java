package io.caravanhub.hub.devicetype;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.archive.RawArchive;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.telemetry.LatestValues;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.springframework.stereotype.Component;

/**
 * The Java steps of the route normalize-parts. What of a message can be used becomes one list, so
 * that it is committed and seen together; what cannot is one dead letter, kept after the commit and
 * before the acknowledgement. Thread-safe.
 */
@Component("gatewayMessages")
public class GatewayMessages {
  /** Header of a dead letter whose payload are parts, split already. */
  public static final String PARTS = "hub-parts";

  private static final String REFUSED = "hub-refused-parts";

  private final PartReader reader;
  private final DeadLetters letters;
  private final LatestValues latest;
  private final RawArchive archive;
  private final ObjectMapper json;

  GatewayMessages(
      PartReader reader,
      DeadLetters letters,
      LatestValues latest,
      RawArchive archive,
      ObjectMapper json) {
    this.archive = archive;
    this.reader = reader;
    this.letters = letters;
    this.latest = latest;
    this.json = json;
  }

  /** Body in: bytes. Body out: a list of {@link Telemetry}, one for each virtual device. */
  public void read(Exchange exchange) {
    Parted parted = parted(exchange);
    Message message = exchange.getMessage();
    Object whole = JsonPayload.read(message.getBody(byte[].class), "body");
    Instant received =
        instant(Long.parseLong(message.getHeader(TelemetryHeaders.RECEIVED_MICROS, String.class)));
    Map<String, Object> bindings =
        PartReader.bindings(
            parted.gateway(), Long.parseLong(header(message, TelemetryHeaders.RECEIVED)));
    List<Splitter.Part> parts;
    if (message.getHeader(PARTS) != null) {
      parts = Splitter.parts(parted.profile(), whole);
    } else if (exchange.getProperty(RawArchive.REPLAY) != null) {
      throw new UnusableMessageException(
          "device_type", "the type splits messages by now, and this one came before");
    } else {
      if (parted.profile().schema() != null) {
        parted.profile().schema().check(whole, "");
      }
      parts = Splitter.split(parted.profile(), whole, bindings);
    }
    PartReader.Read read =
        reader.read(
            parted,
            parts,
            whole,
            bindings,
            message.getHeader(TelemetryHeaders.SOURCE, "unknown", String.class),
            received,
            exchange.getProperty(RawArchive.REPLAY) != null);
    if (read.used().isEmpty()) {
      RefusedPart first = read.refused().get(0);
      throw new UnusableMessageException(first.field(), reason(read, parts.size()));
    }
    if (!read.refused().isEmpty()) {
      exchange.setProperty(REFUSED, new Refused(read, parts.size()));
    }
    if (exchange.getProperty(RawArchive.REPLAY) != null) {
      again(message, read.used().get(0));
      return;
    }
    if (archive.isOn(parted.gateway().tenant())) {
      read.used().forEach(used -> archive(exchange, used));
    }
    message.setBody(read.telemetry());
  }

  /** A part is kept with all that it takes to read it again, as if it had come alone. */
  private void archive(Exchange exchange, PartReader.Used used) {
    Map<String, String> headers = headers(exchange.getMessage());
    headers.put(PARTS, "true");
    headers.put(
        TelemetryHeaders.RECEIVED_MICROS, Long.toString(RawArchive.micros(used.received())));
    if (used.mapping() != null) {
      headers.put(TelemetryHeaders.MAPPING, used.mapping());
    }
    archive.takePart(exchange, used.telemetry(), headers, bytes(List.of(used.body())));
  }

  /** A message out of the archive is one part, whose mapping the replay wants to know. */
  private static void again(Message message, PartReader.Used used) {
    if (used.mapping() != null) {
      message.setHeader(TelemetryHeaders.MAPPING, used.mapping());
    }
    message.setBody(used.telemetry());
  }

  private static Map<String, String> headers(Message message) {
    Map<String, String> headers = new TreeMap<>();
    message
        .getHeaders()
        .forEach(
            (name, value) -> {
              if (name.startsWith("hub-") && value instanceof String text) {
                headers.put(name, text.replace("\u0000", ""));
              }
            });
    return headers;
  }

  private record Refused(PartReader.Read read, int parts) {}

  /** After the commit: the gateway has been seen, and what was refused is kept. */
  public void settle(Exchange exchange) {
    Parted parted = parted(exchange);
    latest.seen(parted.gateway().id().toString());
    Refused refused = exchange.getProperty(REFUSED, Refused.class);
    if (refused == null) {
      return;
    }
    Map<String, String> headers = headers(exchange.getMessage());
    headers.put(PARTS, "true");
    if (!headers.getOrDefault(TelemetryHeaders.SOURCE, "").contains(":")) {
      // Shows the letter with the mapping; a replay drops it. What a connector names would stay.
      for (RefusedPart part : refused.read.refused()) {
        if (part.mapping() != null) {
          headers.putIfAbsent(TelemetryHeaders.MAPPING, part.mapping());
        }
      }
    }
    letters.keep(
        parted.gateway().tenant(),
        parted.gateway().id().toString(),
        headers.getOrDefault(TelemetryHeaders.SOURCE, "unknown"),
        refused.read.refused().get(0).field(),
        reason(refused.read, refused.parts),
        bytes(refused.read.refused().stream().map(RefusedPart::body).toList()),
        headers);
  }

  private byte[] bytes(List<?> parts) {
    try {
      return json.writeValueAsBytes(parts);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String reason(PartReader.Read read, int parts) {
    int refused = read.refused().size();
    return read.refused().get(0).reason()
        + (refused > 1 ? "; and " + (refused - 1) + " more of " + parts + " parts" : "");
  }

  private static Parted parted(Exchange exchange) {
    return Objects.requireNonNull(exchange.getProperty(Parted.PROPERTY, Parted.class));
  }

  private static String header(Message message, String name) {
    String text = message.getHeader(name, String.class);
    return text == null ? Long.toString(System.currentTimeMillis()) : text;
  }

  private static Instant instant(long micros) {
    return io.caravanhub.hub.telemetry.ReceiptTimes.instant(micros);
  }
}
