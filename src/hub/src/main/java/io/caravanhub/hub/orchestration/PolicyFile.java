package io.caravanhub.hub.orchestration;

import io.caravanhub.core.rule.YamlField;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a file of policies holds; null is what it says nothing of. */
record PolicyFile(
    List<Policy> policies,
    @Nullable BusinessCalendar calendar,
    @Nullable Map<String, SlaTier> sla,
    @Nullable List<DayLimit> limits,
    @Nullable PriceBook prices) {
  static final Set<String> FILE = Set.of("policies", "calendar", "sla", "limits", "prices");
  static final PolicyFile NONE = new PolicyFile(List.of(), null, null, null, null);

  static PolicyFile read(String text) {
    Map<String, YamlField> fields = YamlField.parse(text).map(FILE);
    List<Policy> policies = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    YamlField listed = fields.get("policies");
    for (YamlField item : listed == null ? List.<YamlField>of() : listed.list()) {
      Policy policy = PolicyReader.read(item);
      if (!ids.add(policy.id())) {
        throw item.wrong("the policy " + policy.id() + " is in the file already");
      }
      policies.add(policy);
    }
    PolicyFile file = new PolicyFile(policies, null, null, null, null);
    for (String book : List.of("calendar", "sla", "limits", "prices")) {
      YamlField field = fields.get(book);
      file = field == null ? file : file.with(book, field);
    }
    return file;
  }

  /** The same with one of its books. */
  PolicyFile with(String book, YamlField field) {
    return new PolicyFile(
        policies,
        book.equals("calendar") ? BookReader.calendar(field) : calendar,
        book.equals("sla") ? BookReader.sla(field) : sla,
        book.equals("limits") ? BookReader.limits(field) : limits,
        book.equals("prices") ? BookReader.prices(field) : prices);
  }
}
