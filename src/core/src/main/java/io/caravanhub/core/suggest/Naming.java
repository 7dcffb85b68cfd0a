package io.caravanhub.core.suggest;

import io.caravanhub.core.metric.CanonicalMetrics;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gives every field a metric of its own: phases and channels by their numbers, further ones by
 * their order, and of two fields that say the same the surer. Belongs to one thread.
 */
final class Naming {
  private static final Set<String> ELECTRICAL =
      Set.of(
          "power",
          "voltage",
          "current",
          "apparent_power",
          "reactive_power",
          "power_factor",
          "energy",
          "energy_exported");
  private static final double MUCH_SURER = 0.35;
  private static final int MOST_CHANNELS = 32;

  private final List<Chosen> kept = new ArrayList<>();
  private final Map<Field, String> dropped = new LinkedHashMap<>();

  Naming(List<Chosen> matched) {
    Map<String, List<Chosen>> groups = new LinkedHashMap<>();
    for (Chosen one : matched) {
      if (one.field().isElement() && one.field().channel() > 1 && !ELECTRICAL.contains(one.key())) {
        dropped.put(one.field(), "another value of a list whose first is taken");
        continue;
      }
      Chosen phased = phased(one);
      groups
          .computeIfAbsent(one.field().series() + " " + phased.key(), key -> new ArrayList<>())
          .add(phased);
    }
    groups.values().forEach(this::name);
  }

  List<Chosen> kept() {
    return kept;
  }

  /** Fields that say what another one says, with a remark. */
  Map<Field, String> dropped() {
    return dropped;
  }

  private static Chosen phased(Chosen one) {
    int phase = one.words().phase();
    if (phase == 0 && one.field().channels() == 3) {
      phase = one.field().channel();
    }
    String key = one.key() + "_l" + phase;
    return phase > 0 && CanonicalMetrics.find(key).isPresent()
        ? one.named(key, one.confidence(), "phase " + phase)
        : one;
  }

  private void name(List<Chosen> group) {
    List<Chosen> apart = new ArrayList<>();
    group.stream()
        .sorted(Comparator.comparingDouble(Naming::rank).reversed())
        .forEach(
            one -> {
              Chosen same = same(apart, one);
              if (same == null) {
                apart.add(one);
              } else {
                dropped.put(
                    one.field(), "says what " + same.field().shown() + " says, which is surer");
              }
            });
    if (apart.size() == 1) {
      kept.addAll(apart);
      return;
    }
    Set<Integer> numbers = apart.stream().map(Chosen::number).collect(Collectors.toSet());
    if (numbers.size() == apart.size() && !numbers.contains(-1)) {
      int from = numbers.contains(0) ? 1 : 0;
      for (Chosen one : apart) {
        int channel = one.number() + from;
        if (channel <= MOST_CHANNELS) {
          kept.add(one.named(one.key() + "_" + channel, one.confidence(), "channel " + channel));
        }
      }
      return;
    }
    int channel = 0;
    for (Chosen one : apart) {
      channel++;
      String remark = "the same kind as " + apart.get(0).field().shown() + ", by its order";
      kept.add(
          channel == 1
              ? one
              : one.named(one.key() + "_" + channel, one.confidence() - 0.15, remark));
    }
  }

  /** The one among the better that says the same, or null. */
  private static @Nullable Chosen same(List<Chosen> better, Chosen one) {
    for (Chosen other : better) {
      boolean numbered = one.number() >= 0 && other.number() >= 0;
      boolean beside = one.field().parent().equals(other.field().parent());
      boolean sameNumber = one.number() == other.number();
      if (beside && (sameNumber || !numbered)
          || !numbered && Objects.equals(one.field().values(), other.field().values())
          || other.match().score() - one.match().score() > MUCH_SURER
          || numbered && sameNumber) {
        return other;
      }
    }
    return null;
  }

  private static double rank(Chosen one) {
    boolean own = Objects.equals(one.unit(), one.match().metric().unit());
    return one.match().score() * 10
        + one.confidence()
        + (one.match().told() ? 0.5 : 0)
        + (own ? 0.5 : 0)
        - one.field().names().size() * 0.01;
  }
}
