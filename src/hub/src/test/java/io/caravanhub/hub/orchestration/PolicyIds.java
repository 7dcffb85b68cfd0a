package io.caravanhub.hub.orchestration;

import java.util.List;

/** What is in force at a hub, for tests of other packages. */
public final class PolicyIds {
  private PolicyIds() {}

  /** The ids of a tenant's policies. */
  public static List<String> of(Policies policies, String tenant) {
    return policies.book(tenant).policies().stream().map(Policy::id).toList();
  }
}
