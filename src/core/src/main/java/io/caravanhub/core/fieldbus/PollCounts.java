package io.caravanhub.core.fieldbus;

import io.caravanhub.core.telemetry.Quality;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a poller has seen so far. Safe for many threads. */
final class PollCounts {
  private static final double WEIGHT = 0.2;

  private FieldbusStatus.State state = FieldbusStatus.State.CONNECTING;
  private @Nullable Instant lastGood;
  private @Nullable String error;
  private long reads;
  private long errors;
  private long connects;
  private @Nullable Instant lastError;
  private final ReadRate rate = new ReadRate();
  private double latency;
  private long overruns;

  synchronized void connected() {
    connects++;
  }

  /**
   * Counts a poll that was answered; true when the device was not up before and is now.
   *
   * @param hasValues whether any group of points brought values when it was last read
   */
  synchronized boolean succeeded(
      List<Reading> readings, long nanos, long groupOverruns, boolean hasValues) {
    boolean changed = hasValues && state != FieldbusStatus.State.UP;
    state = hasValues ? FieldbusStatus.State.UP : FieldbusStatus.State.DOWN;
    reads++;
    rate.add(readings.size());
    double millis = nanos / 1e6;
    latency = latency == 0 ? millis : latency + WEIGHT * (millis - latency);
    overruns = groupOverruns;
    if (readings.isEmpty()
        || readings.stream().anyMatch(reading -> reading.quality() != Quality.BAD)) {
      lastGood = Instant.now();
    }
    error =
        readings.stream()
            .filter(reading -> reading.quality() == Quality.BAD)
            .findFirst()
            .map(reading -> reading.point().metric() + ": " + reading.reason())
            .orElse(null);
    return changed;
  }

  /** Counts values that came unasked. */
  synchronized void told(int values) {
    rate.add(values);
    lastGood = Instant.now();
  }

  /** Adds what a link says of itself. */
  synchronized void noted(@Nullable String note) {
    if (note != null) {
      error = error == null ? note : error + "; " + note;
    }
  }

  /** Counts a poll that failed; true when the device was not down before, or not for this. */
  synchronized boolean failed(String reason) {
    boolean changed = state != FieldbusStatus.State.DOWN || !reason.equals(error);
    state = FieldbusStatus.State.DOWN;
    errors++;
    lastError = Instant.now();
    error = reason;
    return changed;
  }

  synchronized FieldbusStatus status(FieldbusConnection connection, int waiting, long dropped) {
    return new FieldbusStatus(
        connection.tenant(),
        connection.device(),
        connection.protocol(),
        connection.address(),
        state,
        lastGood,
        error,
        reads,
        errors,
        Math.max(connects - 1, 0),
        waiting,
        dropped,
        lastError,
        rate.perSecond(),
        latency,
        overruns);
  }
}
