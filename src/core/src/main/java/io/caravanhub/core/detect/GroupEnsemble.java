package io.caravanhub.core.detect;

/**
 * The detector for several metrics when nobody chose one: a Hotelling chart over means of twenty
 * readings, which decides, and one over single readings with a correlation watch, which agree or do
 * not: that makes its confidence. Unlike the one for a single metric it holds its alarm as long as
 * the group is away from its usual state.
 */
public final class GroupEnsemble implements Detector {
  private static final int SMOOTHED = 20;
  private static final int MOST_PAIRED = 16;

  private final Detector deciding;
  private final Detector single;
  private final Detector paired;

  public GroupEnsemble(DetectorSetup setup) {
    this.deciding = new HotellingChart(setup, SMOOTHED);
    this.single = new HotellingChart(setup, 1);
    this.paired =
        setup.metrics().size() <= MOST_PAIRED
            ? new CorrelationBreak(setup)
            : (epochMillis, values) -> Detection.learning(0);
  }

  @Override
  public Detection detect(long epochMillis, double... values) {
    Detection said = deciding.detect(epochMillis, values);
    Detection now = single.detect(epochMillis, values);
    Detection pairs = paired.detect(epochMillis, values);
    int agreeing =
        (now.anomaly() == said.anomaly() ? 1 : 0) + (pairs.anomaly() == said.anomaly() ? 1 : 0);
    return new Detection(
        said.score(),
        said.anomaly(),
        said.low(),
        said.high(),
        said.confidence() * (1 + agreeing) / 3,
        said.anomaly() && pairs.anomaly() ? said.reason() + "; " + pairs.reason() : said.reason());
  }
}
