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
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.camel.AsyncProducer;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Where the messages of one stream go: devices and faults at once, readings through the connector's
 * route. Called by one thread after the other.
 */
final class StreamSink {
  private final Connection connection;
  private final MessageSorter sorter;
  private final StreamDevices devices;
  private final StreamFaults faults;
  private final DeadLetters letters;
  private final AsyncProducer route;

  StreamSink(
      Connection connection,
      MessageSorter sorter,
      StreamDevices devices,
      StreamFaults faults,
      DeadLetters letters,
      AsyncProducer route) {
    this.connection = connection;
    this.sorter = sorter;
    this.devices = devices;
    this.faults = faults;
    this.letters = letters;
    this.route = route;
  }

  /**
   * Takes a message.
   *
   * @param done told null once all of it is committed, else why it is not
   */
  void take(Received message, Consumer<@Nullable Throwable> done) {
    List<PartMessage> parts;
    boolean status;
    try {
      FilePlace place = message.place();
      if (place != null && place.problem() != null) {
        keep(message, place);
        done.accept(null);
        return;
      }
      Sorted sorted = sorted(message);
      status = sorted != null && sorted.kind().status() != null;
      parts =
          sorted == null
              ? List.of(new PartMessage("", "", message.payload()))
              : toStore(sorted, message);
    } catch (RuntimeException e) {
      // The database is away: nothing of the message is done, all of it comes again.
      done.accept(e);
      return;
    }
    if (parts.isEmpty()) {
      done.accept(null);
    } else {
      send(parts, message.place(), status, done);
    }
  }

  /** Null when nothing that is declared fits it, or there is too much in it. */
  private @Nullable Sorted sorted(Received message) {
    try {
      return sorter.sort(message.topic(), message.payload());
    } catch (CloudException tooMuch) {
      return null;
    }
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

  /** A row that is none is a letter at once: nothing could be made of it on the way. */
  private void keep(Received message, FilePlace place) {
    Map<String, String> headers = headers(place, false);
    letters.keep(
        connection.tenant(),
        null,
        headers.getOrDefault(TelemetryHeaders.SOURCE, ""),
        "row",
        place.text() + ": " + place.problem(),
        message.payload(),
        headers);
  }

  private Map<String, String> headers(@Nullable FilePlace place, boolean status) {
    Map<String, String> headers = new HashMap<>();
    headers.put(TelemetryHeaders.TENANT, connection.tenant());
    headers.put(TelemetryHeaders.SOURCE, "stream:" + connection.oem() + (status ? "-status" : ""));
    if (place == null) {
      headers.put(TelemetryHeaders.RECEIVED, Long.toString(System.currentTimeMillis()));
    } else {
      // Read again, a row without a time has the same one.
      headers.put(TelemetryHeaders.RECEIVED, Long.toString(place.modified().toEpochMilli()));
      headers.put(TelemetryHeaders.RECEIVED_MICROS, Long.toString(place.micros()));
      headers.put(TelemetryHeaders.PLACE, place.text());
    }
    return headers;
  }

  private void send(
      List<PartMessage> parts,
      @Nullable FilePlace place,
      boolean status,
      Consumer<@Nullable Throwable> done) {
    Exchange exchange = route.getEndpoint().createExchange();
    exchange.getMessage().setBody(parts);
    headers(place, status).forEach(exchange.getMessage()::setHeader);
    route.process(exchange, sync -> done.accept(exchange.getException()));
  }
}
