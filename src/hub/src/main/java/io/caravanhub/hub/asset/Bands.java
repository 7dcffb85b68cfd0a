package io.caravanhub.hub.asset;

/** Where the bands begin: a score below {@code degrading} is no longer healthy, and so on down. */
record Bands(double degrading, double atRisk, double critical) {
  static final Bands USUAL = new Bands(80, 60, 40);

  Band of(double score) {
    return score < critical
        ? Band.CRITICAL
        : score < atRisk ? Band.AT_RISK : score < degrading ? Band.DEGRADING : Band.HEALTHY;
  }
}
