package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Amount;
import io.caravanhub.core.rule.Condition;
import io.caravanhub.core.rule.Limit;
import io.caravanhub.core.rule.Peers;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleDevice;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Which devices a rule has to be run over together, because it asks some of others. */
final class BacktestCircles {
  private BacktestCircles() {}

  /**
   * Devices that hear of one another.
   *
   * @param judged devices of the rule
   * @param asked others of the tenant
   */
  record Circle(List<RuleDevice> judged, List<RuleDevice> asked) {
    /** Whether there is nobody to hear of. */
    boolean alone() {
      return judged.size() == 1 && asked.isEmpty();
    }
  }

  /** The circles of the rule's devices; of a rule that asks nobody each is alone. */
  static List<Circle> of(Rule rule, List<RuleDevice> judged, List<RuleDevice> tenants) {
    Function<RuleDevice, @Nullable String> circle = circle(rule);
    if (circle == null) {
      return judged.stream().map(device -> new Circle(List.of(device), List.of())).toList();
    }
    Map<String, Circle> circles = new LinkedHashMap<>();
    for (RuleDevice device : judged) {
      String name = circle.apply(device);
      circles
          .computeIfAbsent(
              name == null ? "\n" + device.id() : name,
              key -> new Circle(new ArrayList<>(), new ArrayList<>()))
          .judged
          .add(device);
    }
    for (RuleDevice device : tenants) {
      Circle of = circles.get(String.valueOf(circle.apply(device)));
      if (of != null && !of.judged.contains(device)) {
        of.asked.add(device);
      }
    }
    return List.copyOf(circles.values());
  }

  /** What devices of one circle have in common, or null when nobody asks. */
  private static @Nullable Function<RuleDevice, @Nullable String> circle(Rule rule) {
    Set<Peers.Group> asks = EnumSet.noneOf(Peers.Group.class);
    for (Condition condition : rule.conditions()) {
      for (Condition.Compared compared : condition.comparisons()) {
        if (compared.amount() instanceof Amount.AtAsset
            || compared.amount() instanceof Amount.Formula) {
          asks.add(Peers.Group.ASSET);
        }
        for (Limit limit : compared.bound().limits()) {
          if (limit instanceof Limit.Fleet fleet) {
            asks.add(fleet.group());
          }
        }
      }
    }
    if (asks.size() > 1) {
      return device -> "";
    }
    return asks.isEmpty()
        ? null
        : switch (asks.iterator().next()) {
          case ASSET -> RuleDevice::asset;
          case DEVICE_TYPE -> RuleDevice::type;
          case MODEL -> Peers::model;
        };
  }
}
