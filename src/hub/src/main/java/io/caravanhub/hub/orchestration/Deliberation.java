package io.caravanhub.hub.orchestration;

import io.caravanhub.hub.orchestration.PolicyAction.Timing;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the policies of a tenant want done about an event, and why the others want nothing. Asks
 * nothing of a database but how often the event came before. Immutable.
 *
 * @param looked every policy in force
 * @param wanted what is to be done, of each kind once
 * @param waits policies that want the event to last longer
 */
record Deliberation(List<Looked> looked, List<Wanted> wanted, List<Wait> waits) {
  Deliberation {
    looked = List.copyOf(looked);
    wanted = List.copyOf(wanted);
    waits = List.copyOf(waits);
  }

  /**
   * A policy that was looked at.
   *
   * @param reason why it does not apply, or what became of it; empty when it simply applies
   */
  record Looked(String policy, boolean matched, String reason) {}

  /** When a policy wants to look again. */
  record Wait(String policy, Instant due) {}

  /** Looks at all policies of the book, or at one alone. */
  static Deliberation of(
      Occasion occasion,
      PolicyBook book,
      Instant now,
      PolicyCondition.Past past,
      @Nullable String only) {
    List<Looked> looked = new ArrayList<>();
    List<Wait> waits = new ArrayList<>();
    Map<String, Wanted> bySlot = new LinkedHashMap<>();
    Timeliness timeliness = new Timeliness(occasion, book, now);
    for (Policy policy : book.policies()) {
      if (only != null && !only.equals(policy.id())) {
        continue;
      }
      if (!policy.enabled()) {
        looked.add(new Looked(policy.id(), false, "it is switched off"));
        continue;
      }
      Optional<String> misses = policy.when().misses(occasion, past);
      Optional<Instant> due = policy.when().due(occasion, now);
      if (misses.isPresent()) {
        looked.add(new Looked(policy.id(), false, misses.get()));
      } else if (due.isPresent()) {
        looked.add(
            new Looked(policy.id(), false, "it waits until the event has lasted, " + due.get()));
        waits.add(new Wait(policy.id(), due.get()));
      } else {
        looked.add(new Looked(policy.id(), true, ""));
        for (PolicyAction action : policy.then()) {
          Wanted wanted = timeliness.wanted(policy.id(), action);
          bySlot.merge(wanted.slot(), wanted, Deliberation::moreUrgent);
        }
      }
    }
    looked.replaceAll(one -> overtaken(one, book, bySlot));
    return new Deliberation(looked, List.copyOf(bySlot.values()), waits);
  }

  /** One that acts now goes before one that waits, then the lower number; then the first. */
  private static Wanted moreUrgent(Wanted a, Wanted b) {
    if (a.held() != b.held()) {
      return a.held() ? b : a;
    }
    return b.priority() < a.priority() ? b : a;
  }

  private static Looked overtaken(Looked one, PolicyBook book, Map<String, Wanted> bySlot) {
    if (!one.matched()) {
      return one;
    }
    boolean asks =
        book.policies().stream().anyMatch(p -> p.id().equals(one.policy()) && !p.then().isEmpty());
    boolean counts = bySlot.values().stream().anyMatch(w -> w.policy().equals(one.policy()));
    return !asks
        ? new Looked(one.policy(), true, "it asks for nothing")
        : counts ? one : new Looked(one.policy(), true, "another asks for the same more urgently");
  }

  /** How urgent, and whether now. */
  private record Timeliness(Occasion occasion, PolicyBook book, Instant now) {

    Wanted wanted(String policy, PolicyAction action) {
      List<String> reasons = new ArrayList<>();
      SlaTier tier = book.sla().get(occasion.slaTier());
      int priority = priority(action, tier, reasons);
      PolicyAction.Kind kind = action.kind();
      boolean held = false;
      boolean lesser = false;
      Instant until = null;
      PolicyAction.Doubt doubt = action.doubt();
      if (doubt != null && occasion.confidence() < doubt.below() && doubt.then() != Timing.ACT) {
        String why = "its confidence is " + PolicyCondition.two(occasion.confidence());
        held = doubt.then() == Timing.HOLD;
        lesser = !held;
        reasons.add(held ? why + ", so a person decides" : why);
      }
      if (!held && action.outsideHours() != Timing.ACT && !book.calendar().isOpen(now)) {
        if (action.outsideHours() == Timing.HOLD) {
          held = true;
          until = book.calendar().nextOpening(now).orElse(null);
          reasons.add(
              "it is outside working hours, "
                  + (until == null ? "which never come" : "until " + until));
        } else {
          lesser = true;
          reasons.add("it is outside working hours");
        }
      }
      if (lesser) {
        PolicyAction.Downgrade to = action.downgrade();
        kind = to.kind() == null ? kind : to.kind();
        priority = to.priority() == null ? Math.min(5, priority + 1) : to.priority();
        reasons.add("therefore only a " + kind.words() + " of priority " + priority);
      }
      Instant basis = until == null ? now : until;
      return new Wanted(
          policy,
          action,
          kind,
          priority,
          start(action, tier, basis),
          complete(action, tier, basis),
          held,
          until,
          reasons,
          lesser);
    }

    private int priority(PolicyAction action, @Nullable SlaTier tier, List<String> reasons) {
      Integer given = action.priority();
      int priority;
      if (given != null) {
        priority = given;
      } else {
        double risk = occasion.risk();
        priority = risk >= 0.9 ? 1 : risk >= 0.65 ? 2 : risk >= 0.4 ? 3 : risk >= 0.2 ? 4 : 5;
        if (!action.kind().told()) {
          reasons.add("its risk is " + PolicyCondition.two(risk));
        }
      }
      if (tier == null || tier.raise() == 0 || action.kind().told()) {
        return priority;
      }
      int raised = Math.max(1, Math.min(5, priority - tier.raise()));
      reasons.add("the service level " + occasion.slaTier() + " makes it priority " + raised);
      return raised;
    }

    private @Nullable Instant start(PolicyAction action, @Nullable SlaTier tier, Instant basis) {
      Instant promised = tier == null ? null : tier.respondBy(now, book.calendar());
      return sooner(after(action.startWithin(), action, basis), promised);
    }

    private @Nullable Instant complete(PolicyAction action, @Nullable SlaTier tier, Instant basis) {
      Instant promised = tier == null ? null : tier.completeBy(now, book.calendar());
      return sooner(after(action.completeWithin(), action, basis), promised);
    }

    private @Nullable Instant after(
        java.time.@Nullable Duration span, PolicyAction action, Instant basis) {
      if (span == null) {
        return null;
      }
      return action.workingHours() ? book.calendar().plus(basis, span) : basis.plus(span);
    }

    private static @Nullable Instant sooner(@Nullable Instant a, @Nullable Instant b) {
      return a == null ? b : b == null || a.isBefore(b) ? a : b;
    }
  }
}
