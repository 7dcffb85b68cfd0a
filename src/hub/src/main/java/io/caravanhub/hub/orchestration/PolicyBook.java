package io.caravanhub.hub.orchestration;

import java.util.List;
import java.util.Map;

/** All that decides for one tenant at one moment. Immutable; replaced as a whole. */
record PolicyBook(
    List<Policy> policies,
    BusinessCalendar calendar,
    Map<String, SlaTier> sla,
    List<DayLimit> limits,
    PriceBook prices) {
  PolicyBook {
    policies = List.copyOf(policies);
    sla = Map.copyOf(sla);
    limits = List.copyOf(limits);
  }

  /** The same with other policies, for trials. */
  PolicyBook with(List<Policy> others) {
    return new PolicyBook(others, calendar, sla, limits, prices);
  }
}
