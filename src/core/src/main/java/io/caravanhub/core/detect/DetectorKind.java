package io.caravanhub.core.detect;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The detectors there are. Each has one set of parameters, which holds for every series. */
public enum DetectorKind {
  AUTO("auto", 1, 64, DetectorKind::ensemble),
  Z_SCORE("z-score", 1, 1, ZScore::new),
  EWMA("ewma", 1, 1, EwmaChart::new),
  SEASONAL("seasonal", 1, 1, SeasonalBaseline::new),
  X_BAR("x-bar", 1, 1, XBarChart::new),
  INDIVIDUALS("individuals", 1, 1, IndividualsChart::new),
  CUSUM("cusum", 1, 1, Cusum::new),
  STUCK("stuck", 1, 1, StuckSensor::new),
  FOREST("forest", 1, 16, CutForest::new),
  CORRELATION("correlation", 2, 16, CorrelationBreak::new),
  HOTELLING("hotelling", 2, 64, setup -> new HotellingChart(setup, 1)),
  VIBRATION("vibration", 1, 1, VibrationZones::new);

  private final String id;
  private final int least;
  private final int most;
  private final Function<DetectorSetup, Detector> maker;

  DetectorKind(String id, int least, int most, Function<DetectorSetup, Detector> maker) {
    this.id = id;
    this.least = least;
    this.most = most;
    this.maker = maker;
  }

  /** The name in files, options and rules. */
  public String id() {
    return id;
  }

  /** The detector of this name. */
  public static Optional<DetectorKind> named(String id) {
    String wanted = id.strip().toLowerCase(Locale.ROOT);
    return Arrays.stream(values()).filter(kind -> kind.id.equals(wanted)).findFirst();
  }

  /** All names, for messages. */
  public static String names() {
    return Arrays.stream(values()).map(DetectorKind::id).collect(Collectors.joining(", "));
  }

  /**
   * A detector that has seen nothing yet.
   *
   * @throws IllegalArgumentException when it is not made for so many metrics
   */
  public Detector create(DetectorSetup setup) {
    int metrics = setup.metrics().size();
    if (metrics < least || metrics > most) {
      throw new IllegalArgumentException(
          "detector \"%s\": expected %s, got %d metrics"
              .formatted(
                  id, least == most ? "one metric" : least + " to " + most + " metrics", metrics));
    }
    return maker.apply(setup);
  }

  private static Detector ensemble(DetectorSetup setup) {
    return setup.metrics().size() == 1 ? new NoveltyEnsemble(setup) : new GroupEnsemble(setup);
  }
}
