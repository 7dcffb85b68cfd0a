package io.caravanhub.hub.telemetry;

import io.caravanhub.core.telemetry.Quality;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a tenant expects of a metric's values, each with the quality of those that fall outside. A
 * limit that is null is not asked for.
 *
 * @param min lowest plausible value
 * @param max highest plausible value
 * @param ratePerMinute greatest change a minute, from one reading of a device to the next
 * @param stuckAfter how long a number may stay exactly the same
 * @param stuckCount how many equal numbers in a row are too many
 * @param future how far ahead of the hub's clock its time may be
 * @param past how late it may come
 * @param unitQuality quality of a value with a unit whose metric has none
 */
public record Limits(
    @Nullable Double min,
    @Nullable Double max,
    Quality rangeQuality,
    @Nullable Double ratePerMinute,
    Quality rateQuality,
    @Nullable Duration stuckAfter,
    @Nullable Integer stuckCount,
    Quality stuckQuality,
    @Nullable Duration future,
    Quality futureQuality,
    @Nullable Duration past,
    Quality pastQuality,
    Quality unitQuality) {

  /** A plausible range and nothing else; what is outside is suspect. */
  public static Limits range(@Nullable Double min, @Nullable Double max) {
    return new Limits(
        min,
        max,
        Quality.SUSPECT,
        null,
        Quality.SUSPECT,
        null,
        null,
        Quality.SUSPECT,
        null,
        Quality.SUSPECT,
        null,
        Quality.SUSPECT,
        Quality.SUSPECT);
  }

  /** Whether the value lies within the plausible range. */
  public boolean allows(double value) {
    return (min == null || value >= min) && (max == null || value <= max);
  }

  /** Whether values are compared with those before them. */
  public boolean remembers() {
    return ratePerMinute != null || stuckAfter != null || stuckCount != null;
  }
}
