package io.caravanhub.hub.gateway;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.archive.RawArchive;
import io.caravanhub.hub.devicetype.DeviceTypes;
import io.caravanhub.hub.devicetype.Profile;
import io.caravanhub.hub.registry.Device;
import io.caravanhub.hub.telemetry.CanonicalReader;
import io.caravanhub.hub.telemetry.ReceiptTimes;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The records of batches: of which device, and what they say. Thread-safe. */
@Component
class RecordReader {
  private static final int DEPTH_MAX = 64;

  private final GatewayDevices devices;
  private final CanonicalReader canonical;
  private final ReceiptTimes times;
  private final DeviceTypes types;

  RecordReader(
      GatewayDevices devices, CanonicalReader canonical, ReceiptTimes times, DeviceTypes types) {
    this.devices = devices;
    this.canonical = canonical;
    this.times = times;
    this.types = types;
  }

  /** Reads the records of one batch into it. */
  Reading of(
      GatewayBatch batch, Sequences.Known known, List<Sequences.Flight> flights, byte[] bytes) {
    return new Reading(batch, known, flights, bytes);
  }

  private record Speaker(Device device, CanonicalReader reader) {}

  /** A batch being read, by one thread. */
  final class Reading {
    private final GatewayBatch batch;
    private final Sequences.Known known;
    private final List<Sequences.Flight> flights;
    private final byte[] bytes;
    private final Map<String, Speaker> speakers = new HashMap<>();
    private final Map<String, UnusableMessageException> strangers = new HashMap<>();
    private int index = -1;

    private Reading(
        GatewayBatch batch, Sequences.Known known, List<Sequences.Flight> flights, byte[] bytes) {
      this.batch = batch;
      this.known = known;
      this.flights = flights;
      this.bytes = bytes;
    }

    /** Reads the record that the parser stands on, and leaves it at its end. */
    void next(JsonParser parser) throws IOException {
      index++;
      int from = (int) parser.currentTokenLocation().getByteOffset();
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        parser.skipChildren();
        refuse("", "", "expected an object", slice(from, parser));
        return;
      }
      Fields fields = new Fields();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        field(fields, parser);
      }
      if (fields.seq > 0) {
        batch.holds(fields.seq);
      }
      if (fields.had) {
        batch.duplicates++;
      } else if (fields.seq <= 0 || fields.seq == Long.MAX_VALUE) {
        refuse(fields.device, ".seq", "expected a positive number", slice(from, parser));
      } else if (!batch.fresh.add(fields.seq)) {
        batch.duplicates++;
      } else {
        take(fields, from, parser);
      }
    }

    private void field(Fields fields, JsonParser parser) throws IOException {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      switch (name) {
        case "seq" -> {
          fields.seq = value == JsonToken.VALUE_NUMBER_INT ? parser.getLongValue() : -1;
          fields.had = known.has(fields.seq) && fields.seq > 0;
          for (Sequences.Flight flight : flights) {
            if (flight.numbers().contains(fields.seq)) {
              throw new UnderWayException(flight.done());
            }
          }
        }
        case "received" ->
            fields.received = value == JsonToken.VALUE_NUMBER_INT ? parser.getLongValue() : 0;
        case "device" -> fields.device = parser.getValueAsString("");
        case "kind" -> fields.kind = parser.getValueAsString("");
        case "body" -> {
          fields.bodyFrom = (int) parser.currentTokenLocation().getByteOffset();
          if (fields.had) {
            parser.skipChildren();
          } else {
            fields.body = parser.readValueAs(Object.class);
            fields.deep = isDeeper(fields.body, DEPTH_MAX);
          }
          fields.bodyTo = (int) parser.currentLocation().getByteOffset();
        }
        case "data" -> fields.data = fields.had ? null : parser.getValueAsString();
        default -> {
          // Of a later version, maybe.
        }
      }
      parser.skipChildren();
    }

    private void take(Fields fields, int from, JsonParser parser) {
      byte[] body = Arrays.copyOfRange(bytes, 0, 0);
      String source = GatewayBatch.CANONICAL;
      try {
        if (fields.deep) {
          throw new UnusableMessageException(
              "body", "is nested deeper than " + DEPTH_MAX + " levels");
        }
        switch (fields.kind) {
          case "telemetry" -> {
            Speaker speaker = speaker(fields.device);
            Instant at = times.next(batch.received);
            batch.telemetry.add(
                speaker.reader.read(
                    object(fields),
                    batch.gateway.tenant(),
                    speaker.device.id().toString(),
                    source,
                    at));
            if (clockUnknown(fields.body)) {
              batch.clockUnknown++;
            }
            batch.names.add(fields.device);
            batch.bodies.add(new RawArchive.Received(object(fields), at));
          }
          case "raw" -> {
            source = GatewayBatch.RAW;
            body = decoded(fields.data);
            Speaker speaker = speaker(fields.device);
            batch.raw.add(
                new RawRecord(speaker.device, fields.device, fields.seq, body, fields.received));
          }
          case "event" -> {
            source = GatewayBatch.EVENT;
            Speaker speaker = speaker(fields.device);
            if (!(fields.body instanceof Map<?, ?> event)) {
              throw new UnusableMessageException("body", "expected an object");
            }
            batch.events.add(
                new BatchEvent(speaker.device, fields.device, fields.seq, event, body(fields)));
          }
          default ->
              throw new UnusableMessageException(
                  "kind", "expected telemetry, raw or event, got \"" + fields.kind + "\"");
        }
      } catch (UnusableMessageException e) {
        byte[] payload =
            fields.bodyTo > 0 ? body(fields) : body.length > 0 ? body : slice(from, parser);
        batch.refuse(fields.device, source, e.field(), e.reason(), payload);
      }
    }

    private Speaker speaker(String name) {
      Speaker speaker = speakers.get(name);
      if (speaker != null) {
        return speaker;
      }
      UnusableMessageException stranger = strangers.get(name);
      if (stranger != null) {
        throw stranger;
      }
      try {
        if (name.isBlank()) {
          throw new UnusableMessageException("device_id", "absent: the record names no device");
        }
        Device device = devices.of(batch.gateway, name);
        Profile profile = types.find(device.tenant(), device.deviceType());
        speaker =
            new Speaker(device, profile == null ? canonical : canonical.with(profile.limits()));
        speakers.put(name, speaker);
        return speaker;
      } catch (UnusableMessageException e) {
        strangers.put(name, e);
        throw e;
      }
    }

    private byte[] body(Fields fields) {
      return Arrays.copyOfRange(bytes, fields.bodyFrom, fields.bodyTo);
    }

    private byte[] slice(int from, JsonParser parser) {
      return Arrays.copyOfRange(bytes, from, (int) parser.currentLocation().getByteOffset());
    }

    private void refuse(String device, String field, String reason, byte[] payload) {
      batch.refuse(
          device, GatewayBatch.CANONICAL, "records[" + index + "]" + field, reason, payload);
    }
  }

  /** What a record has said so far. */
  private static final class Fields {
    long seq = -1;
    long received;
    boolean had;
    String device = "";
    String kind = "";
    @Nullable Object body;
    boolean deep;
    @Nullable String data;
    int bodyFrom;
    int bodyTo;
  }

  private static boolean isDeeper(@Nullable Object value, int levels) {
    Collection<?> within =
        value instanceof Map<?, ?> map
            ? map.values()
            : value instanceof List<?> list ? list : List.of();
    return levels == 0
        ? value instanceof Map || value instanceof List
        : within.stream().anyMatch(each -> isDeeper(each, levels - 1));
  }

  /** Whether {@code metadata.clock.offset_ms} is null. */
  private static boolean clockUnknown(@Nullable Object body) {
    return body instanceof Map<?, ?> message
        && message.get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("clock") instanceof Map<?, ?> clock
        && clock.containsKey("offset_ms")
        && clock.get("offset_ms") == null;
  }

  private static Object object(Fields fields) {
    if (fields.body == null) {
      throw new UnusableMessageException("body", "absent: expected a canonical message");
    }
    return fields.body;
  }

  private static byte[] decoded(@Nullable String data) {
    try {
      if (data != null) {
        return Base64.getDecoder().decode(data);
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new UnusableMessageException("data", "expected base64 of what the device published");
  }
}
