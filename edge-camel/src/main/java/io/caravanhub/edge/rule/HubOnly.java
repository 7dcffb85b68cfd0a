package io.caravanhub.edge.rule;

import io.caravanhub.core.rule.Amount;
import io.caravanhub.core.rule.Condition;
import io.caravanhub.core.rule.Limit;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleScope;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which rules a gateway leaves to the hub: those that want to know more than the device's own
 * readings. Rules of one id are variants of which the nearest counts, so that where one cannot be
 * judged here none is.
 */
final class HubOnly {
  private HubOnly() {}

  /**
   * Why rules are evaluated in the hub only, by {@code file: id}.
   *
   * @param serials of the devices that are listed
   */
  static Map<String, String> of(List<RuleBook.Entry> entries, Set<String> serials) {
    Map<String, String> why = new TreeMap<>();
    for (RuleBook.Entry entry : entries) {
      String reason = reason(entry.rule(), serials);
      if (reason != null) {
        why.put(entry.source() + ": rule " + entry.rule().id(), reason);
      }
    }
    return why;
  }

  /** The rules that are evaluated here. */
  static List<RuleBook.Entry> without(List<RuleBook.Entry> entries, Set<String> serials) {
    Set<String> theirs = new HashSet<>();
    for (RuleBook.Entry entry : entries) {
      if (reason(entry.rule(), serials) != null) {
        theirs.add(entry.rule().id());
      }
    }
    List<RuleBook.Entry> here = new ArrayList<>(entries);
    here.removeIf(entry -> theirs.contains(entry.rule().id()));
    return here;
  }

  private static @Nullable String reason(Rule rule, Set<String> serials) {
    RuleScope scope = rule.scope();
    if (scope.customer() != null || scope.location() != null || scope.slaTier() != null) {
      return "customer, location and sla_tier are known in the hub only";
    }
    String asset = scope.asset();
    if (asset != null && !serials.contains(asset)) {
      return "scope.asset: \"" + asset + "\" is no device of this gateway";
    }
    for (Condition condition : rule.conditions()) {
      for (Condition.Compared compared : condition.comparisons()) {
        String reason = reason(compared);
        if (reason != null) {
          return reason;
        }
      }
    }
    return null;
  }

  private static @Nullable String reason(Condition.Compared compared) {
    if (compared.amount() instanceof Amount.AtAsset) {
      return "from: asset asks another device";
    }
    if (compared.amount() instanceof Amount.Formula formula) {
      return "condition: \"" + formula.expression() + "\" is JSONata";
    }
    if (compared.amount() instanceof Amount.Program program) {
      return "drl: " + program.name() + " is DRL";
    }
    return compared.bound().limits().stream().anyMatch(Limit.Fleet.class::isInstance)
        ? "fleet asks other devices"
        : null;
  }

  /**
   * The ids of rules of which a variant may be for the device, and only the hub can tell, for the
   * gateway does not know its type, maker or model.
   */
  static Set<String> undecided(List<RuleBook.Entry> entries, RuleDevice device) {
    Set<String> undecided = new HashSet<>();
    for (RuleBook.Entry entry : entries) {
      RuleScope scope = entry.rule().scope();
      boolean here =
          (scope.asset() == null || scope.asset().equals(device.serial()))
              && mayBe(scope.deviceType(), device.type())
              && mayBe(scope.manufacturer(), device.manufacturer())
              && mayBe(scope.model(), device.model());
      boolean unknown =
          scope.deviceType() != null && device.type().isEmpty()
              || scope.manufacturer() != null && device.manufacturer().isEmpty()
              || scope.model() != null && device.model().isEmpty();
      if (here && unknown) {
        undecided.add(entry.rule().id());
      }
    }
    return undecided;
  }

  private static boolean mayBe(@Nullable String wanted, String known) {
    return wanted == null || known.isEmpty() || wanted.equals(known);
  }
}
