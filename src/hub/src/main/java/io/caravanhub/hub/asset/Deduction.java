package io.caravanhub.hub.asset;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A rule that takes points of an asset's health. */
sealed interface Deduction {
  /** In words, for the reasons. */
  String reason();

  /** The most it takes. */
  double points();

  /** Looks at the asset. */
  void judge(HealthCase asset);

  /** Whether its answer can change without a new reading; it is never undecided then. */
  default boolean isTimely() {
    return false;
  }

  /** All points while a condition holds. */
  record When(String reason, double points, Formula condition) implements Deduction {
    @Override
    public void judge(HealthCase asset) {
      Object answer = asset.ask(reason, condition);
      if (!(answer instanceof Boolean holds)) {
        asset.undecided(reason);
      } else if (holds) {
        List<String> named = condition.named(asset.moment().values().keySet());
        String metric = named.size() == 1 ? named.get(0) : null;
        asset.found(
            new HealthReason(
                points,
                reason,
                metric,
                metric == null ? null : asset.moment().value(metric),
                null));
      }
    }
  }

  /** More points the nearer a metric is to {@code to}: none at {@code from}, all from there on. */
  record Ramp(String reason, double points, String metric, double from, double to)
      implements Deduction {
    @Override
    public void judge(HealthCase asset) {
      Double value = asset.moment().number(metric);
      if (value == null) {
        asset.undecided(reason);
        return;
      }
      double share = Math.max(0, Math.min(1, (value - from) / (to - from)));
      asset.found(
          new HealthReason(Math.rint(share * points * 10) / 10, reason, metric, value, null));
    }
  }

  /** Points for each open event of the asset that is meant. */
  record Event(
      String reason, double points, List<String> severities, @Nullable String family, boolean each)
      implements Deduction {
    @Override
    public void judge(HealthCase asset) {
      for (OpenEvent event : asset.events()) {
        if ((severities.isEmpty() || severities.contains(event.severity()))
            && (family == null || family.equals(event.family()))) {
          asset.found(new HealthReason(points, reason, null, null, event.message()));
          if (!each) {
            return;
          }
        }
      }
    }

    @Override
    public boolean isTimely() {
      return true;
    }
  }

  /** All points while the asset, or one metric of it, has said nothing for this long. */
  record Silence(String reason, double points, @Nullable String metric, Duration after)
      implements Deduction {
    @Override
    public void judge(HealthCase asset) {
      Instant heard = metric == null ? asset.moment().newest() : asset.moment().time(metric);
      if (heard == null || heard.plus(after).isBefore(asset.now())) {
        asset.found(new HealthReason(points, reason, metric, null, null));
      }
    }

    @Override
    public boolean isTimely() {
      return true;
    }
  }
}
