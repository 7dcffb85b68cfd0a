package io.caravanhub.sim.plant;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A fault that sets in at a moment of plant time and grows to its full severity.
 *
 * @param kind what goes wrong
 * @param device serial of the device it befalls
 * @param onset plant time at which it sets in
 * @param growth plant time from onset to full severity; zero for a fault that is there at once
 * @param end plant time at which it is gone again, or null when it stays
 */
public record ScheduledFault(
    FaultKind kind, String device, Duration onset, Duration growth, @Nullable Duration end) {

  /** A fault that stays until somebody repairs the device. */
  public static ScheduledFault lasting(
      FaultKind kind, String device, Duration onset, Duration growth) {
    return new ScheduledFault(kind, device, onset, growth, null);
  }

  /** A fault that is there at once and gone after a while. */
  public static ScheduledFault passing(
      FaultKind kind, String device, Duration onset, Duration length) {
    return new ScheduledFault(kind, device, onset, Duration.ZERO, onset.plus(length));
  }

  /** Severity at a plant time: 0 before it sets in, 1 when full grown, linear in between. */
  public double severity(Duration plantTime) {
    if (!activeAt(plantTime)) {
      return 0;
    }
    double grown = plantTime.minus(onset).toMillis();
    return growth.isZero() ? 1 : Math.min(1, grown / growth.toMillis());
  }

  boolean activeAt(Duration plantTime) {
    return plantTime.compareTo(onset) >= 0 && (end == null || plantTime.compareTo(end) < 0);
  }
}
