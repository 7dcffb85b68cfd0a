package io.caravanhub.core.rule;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Remembers a metric for as long as somebody looks back. */
final class PastGauge extends Gauge {
  private final Series past;
  private final long back;
  private final long fresh;

  PastGauge(Duration back, long fresh) {
    this.back = back.toMillis();
    this.fresh = fresh;
    this.past = new Series(this.back + fresh);
  }

  @Override
  void take(int metric, long time, double value, @Nullable String text) {
    past.add(time, value, text, null);
  }

  @Override
  double read(Moment now) {
    return past.at(now.time - back, fresh);
  }
}
