package io.caravanhub.core.detect;

/**
 * The detector for one metric when nobody chose one: five views of the series, each judged by how
 * easily random cuts part its newest number from those before ({@link Isolation}): the value; its
 * distance from what is usual at this hour of the day; from the level of the last readings; how
 * much the last 48 scatter; how far they are from their hours. Whichever is strangest counts.
 *
 * <p>It reports the beginning of what is new: a reading no stranger than one of the last 100 is not
 * reported again, so that a fault that lasts is one anomaly and repeated ones are few. With
 * training rows it keeps quiet while they last, and goes on learning after them.
 */
public final class NoveltyEnsemble implements Detector {
  private static final int TREES = 10;
  private static final double LIMIT = 3.8;
  private static final double REPORTED = 0.4;
  private static final String AGAIN = "no stranger than what was reported for the readings before";
  private static final int WARM_UP = 100;
  private static final int RECORD = 100;
  private static final int MEMBER_RECORD = 200;
  private static final int LAST = 48;

  private final String metric;
  private final int warmUp;
  private final HourProfile day = HourProfile.ofDay(0.05);
  private final Forgetting overall = Forgetting.weight(0.002);
  private final Level level = new Level();
  private final Window scatter = new Window(LAST);
  private final Window residuals = new Window(LAST);
  private final Isolation[] members = new Isolation[View.values().length];
  private final Window[] records = new Window[members.length];
  private final Window reported = new Window(RECORD);
  private long seen;

  /** What a member looks at. */
  private enum View {
    VALUE,
    HOUR,
    STEP,
    SCATTER,
    DRIFT
  }

  public NoveltyEnsemble(DetectorSetup setup) {
    this.metric = setup.metrics().get(0);
    this.warmUp = Math.max(WARM_UP, setup.trainRows());
    for (int i = 0; i < members.length; i++) {
      members[i] = new Isolation(1, 1, TREES);
      records[i] = new Window(MEMBER_RECORD);
    }
  }

  @Override
  public Detection detect(long epochMillis, double... values) {
    double value = values[0];
    if (!Double.isFinite(value)) {
      return Detection.missing();
    }
    double low = level.low();
    double high = level.high();
    double usualLevel = level.mean();
    double usualNow = day.knows(epochMillis) ? day.mean(epochMillis) : overall.mean();
    double[] views = views(epochMillis, value, usualNow);
    double strangest = 0;
    double repeated = 0;
    int which = 0;
    int agreeing = 0;
    for (int i = 0; i < members.length; i++) {
      double found = members[i].see(views[i]);
      boolean record = records[i].count() == 0 || found > records[i].max();
      records[i].add(found);
      agreeing += found >= LIMIT ? 1 : 0;
      repeated = Math.max(repeated, found);
      if (record && found > strangest) {
        strangest = found;
        which = i;
      }
    }
    boolean fresh = strangest > 0 && (reported.count() == 0 || strangest > reported.max());
    reported.add(strangest);
    double grown = Math.min(1, ++seen / (2.0 * warmUp));
    if (seen <= warmUp) {
      return Detection.learning(grown);
    }
    if (!fresh) {
      // Held below what any threshold near the limit would take: it was reported when it began.
      double score = Math.min(Detection.score(repeated, LIMIT), REPORTED);
      return new Detection(
          score, false, low, high, grown, repeated < LIMIT ? Detection.USUAL : AGAIN);
    }
    if (strangest < LIMIT) {
      return Detection.usual(Detection.score(strangest, LIMIT), low, high, grown);
    }
    return Detection.anomaly(
        Detection.score(strangest, LIMIT),
        low,
        high,
        grown * (1 - Math.pow(0.5, agreeing)),
        because(View.values()[which], epochMillis, value, usualNow, usualLevel));
  }

  private double[] views(long epochMillis, double value, double usualNow) {
    double residual = overall.count() == 0 ? 0 : value - usualNow;
    double step = level.off(value);
    scatter.add(value);
    residuals.add(residual);
    overall.add(value);
    day.learn(epochMillis, value);
    level.learn(value);
    double flat = 1e-6 * (1 + Math.abs(scatter.mean()));
    return new double[] {
      value, residual, step, Math.log(scatter.deviation() + flat), residuals.mean()
    };
  }

  private String because(
      View view, long epochMillis, double value, double usualNow, double usualLevel) {
    String shown = metric + " is " + Shown.number(value);
    return switch (view) {
      case VALUE -> shown + ", a value far from nearly all before";
      case HOUR ->
          "%s where %s is usual at %s"
              .formatted(
                  shown,
                  Shown.number(usualNow),
                  SeasonalBaseline.hour(epochMillis).split(" ", 2)[1]);
      case STEP -> "%s, a step from its level of %s".formatted(shown, Shown.number(usualLevel));
      case SCATTER ->
          "the last %d readings of %s scatter by %s, which they did not before"
              .formatted(LAST, metric, Shown.number(scatter.deviation()));
      case DRIFT ->
          "the last %d readings of %s are %s %s what is usual at their hours"
              .formatted(
                  LAST,
                  metric,
                  Shown.number(Math.abs(residuals.mean())),
                  residuals.mean() > 0 ? "above" : "below");
    };
  }
}
