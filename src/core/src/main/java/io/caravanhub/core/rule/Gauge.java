package io.caravanhub.core.rule;

import io.caravanhub.core.detect.Detection;
import org.jspecify.annotations.Nullable;

/** An amount at work on one device. Not thread-safe. */
abstract class Gauge {

  /** The number now, or NaN when it cannot be told. */
  abstract double read(Moment now);

  /** A good reading of one of its metrics, in the order of their times. */
  void take(int metric, long time, double value, @Nullable String text) {}

  /** What an event tells as its value. */
  double shown(double number) {
    return number;
  }

  /** When what it tells began, as far as it can say by itself. */
  long since(Moment now) {
    return now.time;
  }

  /** Goes on with what is known to be so since then. */
  void assumeSince(long time) {}

  /** Its unit, or null. */
  @Nullable String unit() {
    return null;
  }

  /** What a detector said, or null. */
  @Nullable Detection judgement() {
    return null;
  }
}
