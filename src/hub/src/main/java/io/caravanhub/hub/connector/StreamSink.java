package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.CloudException;
import io.caravanhub.core.cloud.Part;
import io.caravanhub.core.connector.PartMessage;
import io.caravanhub.core.stream.FilePlace;
import io.caravanhub.core.stream.MessageKind;
import io.caravanhub.core.stream.MessageKind.Status;
import io.caravanhub.core.stream.MessageSorter;
import io.caravanhub.core.stream.Received;
import io.caravanhub.core.stream.Sorted;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.deadletter.DeadLetters;
import io.caravanhub.hub.telemetry.ReceiptTimes;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Where the messages of one stream go: devices and faults at once, readings through the connector's
 * route. Called by one thread after the other.
 */
final class StreamSink {
  private static final Logger LOG = LoggerFactory.getLogger(StreamSink.class);

  private final Connection connection;
  private final MessageSorter sorter;
  private final StreamDevices devices;
  private final StreamFaults faults;
  private final ReceiptTimes times;
  private final DeadLetters letters;
  private final AsyncProducer route;

  /**
   * A message of which only the readings are still to be stored. Each attempt sends the same, with
   * the same times, so that what the last one has stored is stored once.
   *
   * @param parts none when nothing is left to be done
   * @param place of a row in its file, or null
   */
  record Ready(List<PartMessage> parts, String source, Instant at, @Nullable FilePlace place) {
    Ready {
      parts = List.copyOf(parts);
    }

    Ready(List<PartMessage> parts, String source, Instant at) {
      this(parts, source, at, null);
    }
  }

  StreamSink(
      Connection connection,
      MessageSorter sorter,
      StreamDevices devices,
      StreamFaults faults,
      ReceiptTimes times,
      DeadLetters letters,
      AsyncProducer route) {
    this.connection = connection;
    this.sorter = sorter;
    this.devices = devices;
    this.faults = faults;
    this.times = times;
    this.letters = letters;
    this.route = route;
  }

  /**
   * Does all of a message but its readings; what can never be done becomes a dead letter.
   *
   * @throws RuntimeException when the database is away: nothing of it counts, all of it comes again
   */
  Ready ready(Received message) {
    String source = "stream:" + connection.oem();
    List<PartMessage> parts;
    FilePlace place = message.place();
    try {
      if (place != null && place.problem() != null) {
        keep(message, source, "row", place.problem());
        return new Ready(List.of(), source, message.at());
      }
      Sorted sorted = sorter.sort(message.topic(), message.payload());
      if (sorted != null && sorted.kind().status() != null) {
        source += "-status";
      }
      parts =
          sorted == null
              ? List.of(new PartMessage("", "", message.payload()))
              : toStore(sorted, message);
    } catch (RuntimeException e) {
      if (PassingFailure.is(e)) {
        throw e;
      }
      bury(message, source, e);
      parts = List.of();
    }
    if (place != null) {
      // Read again, a row without a time has the same one.
      long micros = place.micros();
      parts = parts.stream().map(part -> part.at(micros)).toList();
      return new Ready(parts, source, message.at(), place);
    }
    return new Ready(timed(parts, message.at().toEpochMilli()), source, message.at());
  }

  /** Each part has times of its own, for it may have none in it. */
  private List<PartMessage> timed(List<PartMessage> parts, long received) {
    int places = parts.stream().mapToInt(part -> ReceiptTimes.places(part.body())).sum();
    long next = parts.isEmpty() ? 0 : times.micros(received, places);
    List<PartMessage> timed = new ArrayList<>();
    for (PartMessage part : parts) {
      timed.add(part.at(next));
      next += ReceiptTimes.places(part.body());
    }
    return timed;
  }

  private void bury(Received message, String source, RuntimeException why) {
    if (!(why instanceof CloudException || why instanceof DataAccessException)) {
      LOG.error("connection {}: a message", connection.name(), why);
    }
    keep(message, source, "body", PassingFailure.reason(why));
  }

  private void keep(Received message, String source, String field, String reason) {
    FilePlace place = message.place();
    letters.keep(
        connection.tenant(),
        null,
        source,
        field,
        place == null ? reason : place.text() + ": " + reason,
        message.payload(),
        Map.of(
            TelemetryHeaders.TENANT,
            connection.tenant(),
            TelemetryHeaders.SOURCE,
            source,
            TelemetryHeaders.RECEIVED,
            Long.toString(message.at().toEpochMilli())));
  }

  private List<PartMessage> toStore(Sorted sorted, Received message) {
    MessageKind kind = sorted.kind();
    if (kind.isPassedOver()
        || message.retained() && kind.skipsRetained()
        || message.payload().length == 0) {
      return List.of();
    }
    return sorted.isUnread()
        ? sorted.parts().stream().map(p -> raw(kind, p, message)).toList()
        : TenantScope.call(connection.tenant(), () -> described(kind, sorted.parts()));
  }

  /** What has to be stored of it, once its devices and their faults are known. */
  private List<PartMessage> described(MessageKind kind, List<Part> all) {
    if (kind.inventory() != null) {
      devices.saw(mapping(kind.inventory()), all, kind.complete());
    }
    List<Part> parts =
        all.stream().map(p -> new Part(devices.known(p.device()), p.json())).toList();
    if (kind.faults() != null) {
      faults.saw(kind.name(), mapping(kind.faults()), parts);
    }
    Status status = kind.status();
    if (status != null) {
      return parts.stream().map(p -> said(status, p)).toList();
    }
    String measures = kind.mapping();
    return measures == null
        ? List.of()
        : parts.stream()
            .map(p -> message(p.device(), mapping(measures), p.json().toString()))
            .toList();
  }

  /** A name with a slash is a mapping from elsewhere. */
  private String mapping(String name) {
    return name.contains("/") ? name : connection.oem() + "/" + name;
  }

  private PartMessage raw(MessageKind kind, Part part, Received message) {
    String measures = kind.mapping();
    return new PartMessage(
        devices.known(part.device()), measures == null ? "" : mapping(measures), message.payload());
  }

  private static PartMessage said(Status status, Part part) {
    String word = part.json().at(status.at()).asText();
    String known =
        word.equals(status.online()) ? "online" : word.equals(status.offline()) ? "offline" : null;
    return message(
        part.device(),
        "",
        known == null
            ? part.json().toString()
            : "{\"metrics\":{\"connection_status\":\"" + known + "\"}}");
  }

  private static PartMessage message(String device, String mapping, String json) {
    return new PartMessage(device, mapping, json.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Sends the readings through the connector's route.
   *
   * @param done told null once all of them are committed, else why they are not
   */
  void send(Ready ready, Consumer<@Nullable Throwable> done) {
    if (ready.parts().isEmpty()) {
      done.accept(null);
      return;
    }
    Exchange exchange = route.getEndpoint().createExchange();
    exchange.getMessage().setBody(ready.parts());
    exchange.getMessage().setHeader(TelemetryHeaders.TENANT, connection.tenant());
    exchange.getMessage().setHeader(TelemetryHeaders.SOURCE, ready.source());
    exchange
        .getMessage()
        .setHeader(TelemetryHeaders.RECEIVED, Long.toString(ready.at().toEpochMilli()));
    if (ready.place() != null) {
      exchange.getMessage().setHeader(TelemetryHeaders.PLACE, ready.place().text());
    }
    route.process(exchange, sync -> done.accept(exchange.getException()));
  }
}
