package io.caravanhub.core.telemetry;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Warns of what many messages meet at once, such as a full queue, at most once in ten seconds.
 * Thread-safe.
 */
public final class SeldomLog {
  private static final long SPAN_NANOS = Duration.ofSeconds(10).toNanos();

  private final Logger log;
  private final AtomicLong said = new AtomicLong(System.nanoTime() - SPAN_NANOS);

  public SeldomLog(Logger log) {
    this.log = log;
  }

  /**
   * Writes a warning unless it has written one just now.
   *
   * @param format as of SLF4J, with one place for the value
   */
  public void warn(String format, @Nullable Object value) {
    long now = System.nanoTime();
    long before = said.get();
    if (now - before >= SPAN_NANOS && said.compareAndSet(before, now)) {
      log.warn(format, value);
    }
  }
}
