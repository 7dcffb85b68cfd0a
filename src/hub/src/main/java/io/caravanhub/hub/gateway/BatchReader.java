package io.caravanhub.hub.gateway;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.registry.Gateway;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Reads a batch in one pass: {@code {epoch, lane, floor, records: [{seq, device, kind, body |
 * data}]}}. What the hub has already is skipped before anything is made of it. Thread-safe.
 */
@Component
class BatchReader {
  static final int BYTES_MAX = 8_000_000;
  // Far above what a record's own check lets through, so that a deep one is refused alone.
  private static final int DEPTH_MAX = 5_000;
  private static final int RECORDS_MAX = 50_000;
  private static final Set<String> LANES = Set.of("live", "backfill", "event");

  private final JsonFactory factory;
  private final Sequences sequences;
  private final RecordReader records;

  BatchReader(ObjectMapper json, Sequences sequences, RecordReader records) {
    this.factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder().maxNestingDepth(DEPTH_MAX).build())
            .build()
            .setCodec(json);
    this.sequences = sequences;
    this.records = records;
  }

  private record Envelope(UUID epoch, String lane, long floor) {}

  /**
   * Reads a batch.
   *
   * @param body JSON, plain or gzip
   * @throws UnusableMessageException when the batch as a whole cannot be read
   * @throws UnderWayException when some of its records are being stored in this moment
   */
  GatewayBatch read(Gateway gateway, byte[] body, Instant received) {
    byte[] bytes = BatchBytes.unpacked(body, BYTES_MAX);
    try {
      Envelope envelope = envelope(bytes);
      GatewayBatch batch =
          new GatewayBatch(gateway, envelope.epoch, envelope.lane, envelope.floor, received);
      // In this order: what lands between the two questions is found by the second.
      List<Sequences.Flight> flights = sequences.flights(gateway, batch.epoch);
      RecordReader.Reading reading =
          records.of(batch, sequences.known(gateway, batch.epoch), flights, bytes);
      try (JsonParser parser = factory.createParser(bytes)) {
        parser.nextToken();
        while (parser.nextToken() == JsonToken.FIELD_NAME) {
          String field = parser.currentName();
          JsonToken value = parser.nextToken();
          if (field.equals("records") && value == JsonToken.START_ARRAY) {
            while (parser.nextToken() != JsonToken.END_ARRAY) {
              if (++batch.records > RECORDS_MAX) {
                throw new UnusableMessageException(
                    "records", "expected at most " + RECORDS_MAX + " records");
              }
              reading.next(parser);
            }
          } else {
            parser.skipChildren();
          }
        }
        if (parser.currentToken() != JsonToken.END_OBJECT) {
          throw new UnusableMessageException("body", "ends in the middle");
        }
      }
      return batch;
    } catch (JsonProcessingException e) {
      throw new UnusableMessageException(
          "body", "is not JSON: " + e.getOriginalMessage().lines().findFirst().orElse(""));
    } catch (IOException e) {
      throw new UnusableMessageException("body", "cannot be read: " + e.getMessage());
    }
  }

  /** What stands around the records, wherever it stands. */
  private Envelope envelope(byte[] bytes) throws IOException {
    String epoch = null;
    String lane = null;
    Long floor = null;
    boolean hasRecords = false;
    try (JsonParser parser = factory.createParser(bytes)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new UnusableMessageException("body", "expected an object with epoch and records");
      }
      while (!(epoch != null && lane != null && floor != null && hasRecords)
          && parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken value = parser.nextToken();
        switch (field) {
          case "epoch" -> epoch = parser.getValueAsString();
          case "lane" -> lane = parser.getValueAsString();
          case "floor" -> floor = value == JsonToken.VALUE_NUMBER_INT ? parser.getLongValue() : 0L;
          case "records" -> hasRecords = value == JsonToken.START_ARRAY;
          default -> {
            // Of a later version, maybe.
          }
        }
        if (epoch == null || lane == null || floor == null || !hasRecords) {
          parser.skipChildren();
        }
      }
    }
    if (!hasRecords) {
      throw new UnusableMessageException("records", "expected an array");
    }
    String way = lane == null || !LANES.contains(lane) ? "live" : lane;
    return new Envelope(uuid(epoch), way, floor == null ? 0 : Math.max(0, floor));
  }

  private static UUID uuid(@Nullable String epoch) {
    try {
      if (epoch != null && epoch.length() == 36) {
        return UUID.fromString(epoch);
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new UnusableMessageException("epoch", "expected the UUID of the spool");
  }
}
