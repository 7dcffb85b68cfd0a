package io.caravanhub.core.rule;

/** How long a device has said nothing. */
final class SilenceGauge extends Gauge {
  @Override
  double read(Moment now) {
    return now.heardAt == 0 ? Double.NaN : (now.wall - from(now.heardAt, now)) / 1000.0;
  }

  @Override
  long since(Moment now) {
    return now.heardAt;
  }

  @Override
  String unit() {
    return "s";
  }

  /** Time in which the hub was down is nobody's silence, unless that had begun before. */
  static long from(long heard, Moment now) {
    return now.active ? heard : Math.max(heard, now.hubStart);
  }
}
