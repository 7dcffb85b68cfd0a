package io.caravanhub.edge.uplink;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** What the hub has taken since the start. Thread-safe. */
final class SentCounts {
  private final AtomicLong batches = new AtomicLong();
  private final AtomicLong records = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong refusals = new AtomicLong();
  final AtomicLong connections = new AtomicLong();
  private volatile @Nullable Instant lastTaken;
  private volatile @Nullable String lastError;
  private volatile @Nullable Instant refusedSince;

  /** Records that wait behind the others because the hub fails on them. */
  volatile int passedOver;

  void taken(Batch batch) {
    batches.incrementAndGet();
    records.addAndGet(batch.records());
    bytes.addAndGet(batch.body().length);
    lastTaken = Instant.now();
    refusedSince = null;
  }

  void refused(@Nullable String why) {
    refusals.incrementAndGet();
    lastError = why;
    if (refusedSince == null) {
      refusedSince = Instant.now();
    }
  }

  void failed(@Nullable String why) {
    lastError = why;
  }

  long records() {
    return records.get();
  }

  Map<String, Object> report() {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("batches", batches.get());
    report.put("records", records.get());
    report.put("bytes", bytes.get());
    report.put("refusals", refusals.get());
    report.put("refused_since", refusedSince == null ? null : String.valueOf(refusedSince));
    report.put("passed_over", passedOver);
    report.put("connections", connections.get());
    report.put("last_taken", lastTaken == null ? null : String.valueOf(lastTaken));
    report.put("last_error", lastError);
    return report;
  }
}
