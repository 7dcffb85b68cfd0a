package io.caravanhub.hub.rules;

import java.util.List;

/** What is in force at a hub, for tests of other packages. */
public final class RuleIds {
  private RuleIds() {}

  /** The ids of a tenant's own rules. */
  public static List<String> of(RuleLibrary library, String tenant) {
    return library.book().entries().stream()
        .filter(entry -> tenant.equals(entry.tenant()))
        .map(entry -> entry.rule().id())
        .toList();
  }
}
