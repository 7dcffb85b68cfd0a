package io.caravanhub.core.detect;

import com.amazon.randomcutforest.RandomCutForest;

/**
 * How easily random cuts part a point from those before it: Guha, Mishra, Roy and Schrijvers,
 * "Robust random cut forest based anomaly detection on streams", ICML 2016, by the library of its
 * authors. About 1 for a usual point; 3.5 and more is seldom. The library counts in single
 * precision: numbers are centred and scaled by the first ones before it sees them.
 */
final class Isolation {
  private static final int FIRST = 32;
  private static final int SAMPLE = 256;
  private static final double DECAY = 1e-4;
  private static final long SEED = 42;

  private final RandomCutForest forest;
  private final Forgetting[] first;

  Isolation(int metrics, int shingle, int trees) {
    this.forest =
        RandomCutForest.builder()
            .dimensions(metrics * shingle)
            .shingleSize(shingle)
            .internalShinglingEnabled(shingle > 1)
            .numberOfTrees(trees)
            .sampleSize(SAMPLE)
            .timeDecay(DECAY)
            .outputAfter(FIRST)
            .randomSeed(SEED)
            .build();
    this.first = new Forgetting[metrics];
    for (int i = 0; i < metrics; i++) {
      first[i] = Forgetting.halfLife(1e9);
    }
  }

  /** Scores a point, then learns it; 0 as long as there is little to compare with. */
  double see(double... point) {
    if (first[0].count() < FIRST) {
      for (int i = 0; i < point.length; i++) {
        first[i].add(point[i]);
      }
      return 0;
    }
    float[] scaled = new float[point.length];
    for (int i = 0; i < point.length; i++) {
      double scale = Math.max(first[i].deviation(), 1e-6 * (1 + Math.abs(first[i].mean())));
      scaled[i] = (float) ((point[i] - first[i].mean()) / scale);
    }
    double score = forest.getAnomalyScore(scaled);
    forest.update(scaled);
    return score;
  }
}
