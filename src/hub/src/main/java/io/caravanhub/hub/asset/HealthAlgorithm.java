package io.caravanhub.hub.asset;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How an asset's health is judged. */
sealed interface HealthAlgorithm {
  /** Its name in definitions. */
  String name();

  /**
   * Judges, or gives null when no value that it asks for is known and nothing speaks against it.
   */
  @Nullable Health judge(HealthCase asset);

  /** Whether it asks for open events. */
  boolean asksForEvents();

  /** Whether its answer can change without a new reading. */
  boolean isTimely();

  /** The metrics that a judgement was about, of those known. */
  List<String> metrics(AssetMoment moment);

  /** A hundred, less the points of every rule that applies. */
  record WeightedDeductions(List<Deduction> deductions, Bands bands) implements HealthAlgorithm {
    static final String NAME = "weighted_deductions";

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public @Nullable Health judge(HealthCase asset) {
      deductions.forEach(deduction -> deduction.judge(asset));
      long byValues = deductions.stream().filter(deduction -> !deduction.isTimely()).count();
      boolean unknown = byValues > 0 && asset.undecided() == byValues && asset.taken() == 0;
      return unknown ? null : asset.close(100 - asset.taken(), bands);
    }

    @Override
    public boolean asksForEvents() {
      return deductions.stream().anyMatch(Deduction.Event.class::isInstance);
    }

    @Override
    public boolean isTimely() {
      return deductions.stream().anyMatch(Deduction::isTimely);
    }

    @Override
    public List<String> metrics(AssetMoment moment) {
      List<String> metrics = new ArrayList<>();
      for (Deduction deduction : deductions) {
        if (deduction instanceof Deduction.When when) {
          metrics.addAll(when.condition().named(moment.values().keySet()));
        } else if (deduction instanceof Deduction.Ramp ramp) {
          metrics.add(ramp.metric());
        }
      }
      return metrics;
    }
  }

  /** The mean of scores that metrics have by themselves, each with its weight. */
  record ScoreBased(List<MetricScore> scores, Bands bands) implements HealthAlgorithm {
    static final String NAME = "score_based";

    @Override
    public String name() {
      return NAME;
    }

    @Override
    public @Nullable Health judge(HealthCase asset) {
      double weights = 0;
      for (MetricScore score : scores) {
        if (asset.moment().number(score.metric()) == null) {
          asset.undecided(score.reason());
        } else {
          weights += score.weight();
        }
      }
      if (weights == 0) {
        return null;
      }
      double sum = 0;
      for (MetricScore score : scores) {
        Double value = asset.moment().number(score.metric());
        if (value != null) {
          double points = score.of(value);
          sum += points * score.weight();
          double lost = Math.rint((100 - points) * score.weight() / weights * 10) / 10;
          asset.found(new HealthReason(lost, score.reason(), score.metric(), value, null));
        }
      }
      return asset.close(sum / weights, bands);
    }

    @Override
    public boolean asksForEvents() {
      return false;
    }

    @Override
    public boolean isTimely() {
      return false;
    }

    @Override
    public List<String> metrics(AssetMoment moment) {
      return scores.stream().map(MetricScore::metric).toList();
    }
  }
}
