package io.caravanhub.edge.spool;

import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What is kept in the file beside the records, so that it survives a restart. Thread-safe. */
final class SpoolCounts {
  /** Records in the file. */
  final AtomicLong records = new AtomicLong();

  /** Records that went because the spool was too large or they too old. */
  final AtomicLong dropped = new AtomicLong();

  /** Records that went because the older half was thinned. */
  final AtomicLong thinned = new AtomicLong();

  /** Records that were not taken; their sources were told. */
  final AtomicLong refused = new AtomicLong();

  /** Files that were set aside. */
  final AtomicLong corrupt = new AtomicLong();

  /** Records found damaged one by one. */
  final AtomicLong damaged = new AtomicLong();

  /** Messages that no batch can carry, set aside as files. */
  final AtomicLong oversized = new AtomicLong();

  private final Map<String, AtomicLong> all = new LinkedHashMap<>();
  private final Map<String, Long> saved = new LinkedHashMap<>();

  SpoolCounts() {
    all.put("records", records);
    all.put("dropped", dropped);
    all.put("thinned", thinned);
    all.put("refused", refused);
    all.put("corrupt", corrupt);
    all.put("damaged", damaged);
    all.put("oversized", oversized);
  }

  /** Goes on from where the file is. */
  void load(SpoolFile file) throws SQLException {
    for (Map.Entry<String, AtomicLong> count : all.entrySet()) {
      if (file.value(count.getKey()) instanceof Number number) {
        count.getValue().set(number.longValue());
      }
    }
    saved.clear();
  }

  /** Writes what changed since it was last written. */
  void save(SpoolFile file) throws SQLException {
    for (Map.Entry<String, AtomicLong> count : all.entrySet()) {
      long now = count.getValue().get();
      Long before = saved.put(count.getKey(), now);
      if (before == null || before != now) {
        file.save(count.getKey(), now);
      }
    }
  }

  /** Takes back what a transaction counted that did not come about. */
  void restore(long recordsThen, long droppedThen, long thinnedThen) {
    records.set(recordsThen);
    dropped.set(droppedThen);
    thinned.set(thinnedThen);
    saved.clear();
  }
}
