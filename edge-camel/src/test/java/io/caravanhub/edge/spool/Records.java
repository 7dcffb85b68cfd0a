package io.caravanhub.edge.spool;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** Records for tests. */
public final class Records {
  private Records() {}

  public static SpoolRecord telemetry(Spool spool, String device, long number) {
    return of(spool, device, number, RecordKind.TELEMETRY);
  }

  public static SpoolRecord of(Spool spool, String device, long number, RecordKind kind) {
    long now = spool.clock().time().wallMillis();
    String body =
        """
        {"device_id":"%s","timestamp":"%s","measurements":[{"name":"supply_air_temperature","value":%d.5,"unit":"Cel"},\
        {"name":"return_air_temperature","value":21.25,"unit":"Cel"},{"name":"fan_speed","value":%d,"unit":"rpm"}],\
        "metadata":{"n":%d}}\
        """
            .formatted(device, java.time.Instant.ofEpochMilli(now), number % 40, number, number);
    return new SpoolRecord(
        device, kind, spool.clock().segmentAt(now), now, body.getBytes(StandardCharsets.UTF_8));
  }

  /** Ends when the record is on the disk. */
  public static CompletableFuture<Void> append(Spool spool, SpoolRecord record) {
    CompletableFuture<Void> kept = new CompletableFuture<>();
    spool.append(
        record,
        failure -> {
          if (failure == null) {
            kept.complete(null);
          } else {
            kept.completeExceptionally(failure);
          }
        });
    return kept;
  }

  /** What stands in the record's {@code metadata.n}. */
  public static long number(StoredRecord record) {
    String body = new String(record.content().body(), StandardCharsets.UTF_8);
    return Long.parseLong(body.replaceAll("(?s).*\"n\":(\\d+).*", "$1"));
  }

  static List<StoredRecord> all(Spool spool) {
    return spool.read(false, 0, Long.MAX_VALUE, 1_000_000, Integer.MAX_VALUE).records();
  }
}
