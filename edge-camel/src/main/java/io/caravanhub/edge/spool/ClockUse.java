package io.caravanhub.edge.spool;

import io.caravanhub.edge.clock.ClockSegment;
import io.caravanhub.edge.clock.GatewayClock;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/**
 * Which clock segments the file's records may still name. A record may name an older segment than
 * those before it, for instance a reading that was held back by local work. For the writer's
 * thread.
 */
final class ClockUse {
  /** Segments that are kept in any case: records that name them may still be on their way here. */
  private static final int KEPT = 16;

  /** The highest number of a record that may name the segment. */
  private final Map<Long, Long> last = new HashMap<>();

  /** Nothing is known of what the file holds already: all of it may name any of these. */
  void begin(GatewayClock clock, long highest) {
    for (ClockSegment segment : clock.segments()) {
      last.put(segment.id(), highest);
    }
  }

  void named(SpoolRecord record, long highest) {
    if (record.clock() != 0) {
      last.put(Math.abs(record.clock()), highest);
    }
  }

  void forget(SpoolFile file, GatewayClock clock) throws SQLException {
    long lowest = file.lowest();
    last.values().removeIf(number -> lowest == 0 || number < lowest);
    long newest = clock.segments().stream().mapToLong(ClockSegment::id).max().orElse(0);
    long from = last.keySet().stream().mapToLong(Long::longValue).reduce(newest - KEPT, Math::min);
    if (from > 0) {
      file.forgetClocksBefore(from);
      clock.forgetBefore(from);
    }
  }
}
