package io.caravanhub.edge.uplink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.caravanhub.edge.clock.ClockSegment;
import io.caravanhub.edge.clock.GatewayClock;
import io.caravanhub.edge.spool.BatchGzip;
import io.caravanhub.edge.spool.RecordKind;
import io.caravanhub.edge.spool.SpoolRecord;
import io.caravanhub.edge.spool.StoredRecord;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes batches: gzip of {@code {"epoch","lane","floor","records":[...]}}. A raw record also has
 * {@code received}, epoch milliseconds of the hub's time, for payloads without a time of their own.
 */
final class BatchBody {
  private static final JsonFactory JSON = new JsonFactory();

  private BatchBody() {}

  static byte[] write(
      String epoch, Lane lane, long floor, List<StoredRecord> records, GatewayClock clock) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(16 << 10);
    try (OutputStream packed = new BatchGzip(bytes);
        JsonGenerator json = JSON.createGenerator(packed)) {
      json.writeStartObject();
      json.writeStringField("epoch", epoch);
      json.writeStringField("lane", lane.label());
      json.writeNumberField("floor", floor);
      json.writeArrayFieldStart("records");
      for (StoredRecord record : records) {
        write(json, packed, record, clock);
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void write(
      JsonGenerator json, OutputStream packed, StoredRecord stored, GatewayClock clock)
      throws IOException {
    SpoolRecord record = stored.content();
    json.writeStartObject();
    json.writeNumberField("seq", stored.seq());
    json.writeStringField("device", record.device());
    json.writeStringField("kind", record.kind().label());
    Long offset = offset(record, clock);
    if (record.kind() == RecordKind.RAW) {
      json.writeNumberField("received", record.received() + (offset == null ? 0 : offset));
      json.writeBinaryField("data", record.body());
    } else {
      byte[] body =
          record.clock() <= 0
              ? record.body()
              : TimeMark.apply(record.body(), record.received(), offset);
      json.writeFieldName("body");
      // Its bytes as they are, behind what the generator has written so far.
      json.writeRawValue("");
      json.flush();
      packed.write(body);
    }
    json.writeEndObject();
  }

  private static @Nullable Long offset(SpoolRecord record, GatewayClock clock) {
    ClockSegment segment = clock.segment(record.clock());
    return segment == null ? null : segment.offset();
  }
}
