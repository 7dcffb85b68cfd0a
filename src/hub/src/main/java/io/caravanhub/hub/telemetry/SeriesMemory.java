package io.caravanhub.hub.telemetry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The readings last seen of the series that are watched for rate and standstill, at most so many:
 * of two generations the elder is dropped when the younger is full, so what is not spoken of goes
 * first. Empty after a start, which only means that the first reading has nothing before it.
 * Thread-safe.
 */
final class SeriesMemory {
  private final int half;
  private volatile Map<Key, Series> young = new ConcurrentHashMap<>();
  private volatile Map<Key, Series> elder = Map.of();

  /**
   * @param bound series that are remembered at most
   */
  SeriesMemory(int bound) {
    this.half = Math.max(1, bound / 2);
  }

  private record Key(String device, String metric) {}

  /** One metric of one device; guarded by its own lock. */
  static final class Series {
    private static final int VERDICTS = 8;

    long lastMillis = Long.MIN_VALUE;
    double last = Double.NaN;
    long calmMillis;
    double calm = Double.NaN;
    long sameSince;
    int same;
    private long @Nullable [] flaggedAt;
    private Verdict @Nullable [] flagged;
    private int flags;

    /** Keeps what was said of a moment, so that a redelivery is told the same. */
    void remember(long millis, Verdict verdict) {
      long[] at = flaggedAt;
      Verdict[] said = flagged;
      if (at == null || said == null) {
        at = new long[VERDICTS];
        said = new Verdict[VERDICTS];
        flaggedAt = at;
        flagged = said;
      }
      at[flags % VERDICTS] = millis;
      said[flags % VERDICTS] = verdict;
      flags++;
    }

    /** What was said of a moment, or null when it was good or is too long ago. */
    @Nullable Verdict recalled(long millis) {
      long[] at = flaggedAt;
      Verdict[] said = flagged;
      if (at != null && said != null) {
        for (int i = 0; i < Math.min(flags, VERDICTS); i++) {
          if (at[i] == millis) {
            return said[i];
          }
        }
      }
      return null;
    }
  }

  Series of(String device, String metric) {
    Key key = new Key(device, metric);
    Map<Key, Series> now = young;
    Series series = now.get(key);
    if (series == null) {
      Series before = elder.get(key);
      series = now.computeIfAbsent(key, k -> before == null ? new Series() : before);
      if (now.size() > half) {
        turn(now);
      }
    }
    return series;
  }

  int size() {
    return young.size() + elder.size();
  }

  private synchronized void turn(Map<Key, Series> full) {
    if (young == full) {
      elder = full;
      young = new ConcurrentHashMap<>();
    }
  }
}
