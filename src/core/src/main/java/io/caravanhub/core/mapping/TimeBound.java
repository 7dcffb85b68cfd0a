package io.caravanhub.core.mapping;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/** The clock of one call of a mapping, from when it is made. Belongs to one thread. */
final class TimeBound {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private final long nanos;
  private final long start = System.nanoTime();
  private long cpuWhenOverdue = -1;

  TimeBound(MappingBounds bounds) {
    this.nanos = bounds.time().toNanos();
  }

  /** Looks at the clock; a {@link BoundsExceeded} when the time is over. */
  void look() {
    if (System.nanoTime() - start > nanos) {
      overdue();
    }
  }

  // On a busy machine the clock runs while the thread does not: what is overdue by the clock is
  // stopped once it has also used that much of the processor.
  private void overdue() {
    long cpu = THREADS.getCurrentThreadCpuTime();
    if (cpuWhenOverdue < 0) {
      cpuWhenOverdue = cpu;
    } else if (cpu - cpuWhenOverdue > nanos) {
      throw new BoundsExceeded(
          "took longer than "
              + nanos / 1_000_000
              + " ms; look for a loop without end or a costly regular expression");
    }
  }
}
