package io.caravanhub.edge.uplink;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says again and again, at longer and longer intervals, that the hub answers and takes nothing. For
 * the uplink's thread.
 */
final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);
  private static final int LONGEST = 60;

  private final long first;
  private long count;
  private long since;
  private long pause;
  private long next;

  /**
   * @param first nanoseconds without a batch taken before it is said
   */
  Refusals(long first) {
    this.first = first;
  }

  /**
   * The hub has refused a batch.
   *
   * @param why its answer
   * @param waiting records in the spool
   */
  void refused(String why, long waiting, long now) {
    if (count++ == 0) {
      since = now;
      pause = first;
      next = now + pause;
    }
    if (now - next >= 0) {
      pause = Math.min(pause * 2, LONGEST * first);
      next = now + pause;
      LOG.error(
          "The hub has taken nothing for {} and refused {} times: {}; {} records wait in the spool",
          lasted(now),
          count,
          why,
          waiting);
    }
  }

  /** The hub has taken a batch. */
  void taken(long now) {
    if (count > 0 && pause > first) {
      LOG.info("The hub takes records again, after {} and {} refusals", lasted(now), count);
    }
    count = 0;
  }

  private Duration lasted(long now) {
    return Duration.ofSeconds(Duration.ofNanos(now - since).toSeconds());
  }
}
