package io.caravanhub.sim.load;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** Running counts of a load, in messages. Thread-safe. */
final class Tally {
  private static final long LONGEST_MICROS = Duration.ofHours(1).toNanos() / 1_000;

  final LongAdder offered = new LongAdder();
  final LongAdder acknowledged = new LongAdder();
  final LongAdder badOffered = new LongAdder();
  final LongAdder badSettled = new LongAdder();
  final LongAdder heldBack = new LongAdder();
  final LongAdder sentAgain = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder reconnects = new LongAdder();
  private final Histogram latency = new ConcurrentHistogram(LONGEST_MICROS, 3);

  /** Takes note of an acknowledgement so long after the message was due. */
  void latency(long nanos) {
    latency.recordValue(Math.min(Math.max(nanos / 1_000, 1), LONGEST_MICROS));
  }

  /** The latency, in milliseconds, that this percentage of messages stayed within. */
  double percentile(double percentage) {
    return latency.getValueAtPercentile(percentage) / 1_000.0;
  }

  double slowest() {
    return latency.getMaxValue() / 1_000.0;
  }
}
