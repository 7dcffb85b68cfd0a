package io.caravanhub.hub.rules;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.Page;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** The rule calls of the API. Thread-safe. */
@Component("ruleCalls")
public class RuleCalls {
  private final RuleLibrary library;

  public RuleCalls(RuleLibrary library) {
    this.library = library;
  }

  /** {@code GET /rules}: the rules in force, then what is refused and why. */
  public Page<Object> list() {
    List<Object> items = new ArrayList<>();
    for (RuleLibrary.ListedRule listed : library.list(CallerContext.current().tenant())) {
      items.add(Map.of("state", "in force", "source", listed.source(), "rule", listed.rule()));
    }
    for (RefusedRules refused : library.refused()) {
      items.add(
          Map.of(
              "state",
              "refused",
              "source",
              refused.source(),
              "field",
              refused.field(),
              "line",
              refused.line(),
              "reason",
              refused.reason()));
    }
    return new Page<>(items, null);
  }
}
