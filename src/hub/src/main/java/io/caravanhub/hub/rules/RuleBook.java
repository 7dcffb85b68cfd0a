package io.caravanhub.hub.rules;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All rules of one moment and their compiled program. Immutable; replaced as a whole.
 *
 * @param entries every rule, a tenant's own and everybody's
 * @param program the rules compiled, by index
 */
record RuleBook(List<Entry> entries, RuleProgram program) {

  /**
   * A rule with its origin.
   *
   * @param index in the program
   * @param tenant whose rule it is, or null for a file's, which is everybody's
   * @param source the file's name, or {@code table}
   */
  record Entry(int index, @Nullable String tenant, Rule rule, String source) {}

  static RuleBook compile(List<Entry> entries) {
    return new RuleBook(
        List.copyOf(entries), RuleProgram.compile(entries.stream().map(Entry::rule).toList()));
  }

  /**
   * The rules for a device: of each id the variant with the nearest scope, a tenant's own before a
   * file's at the same distance.
   */
  List<Entry> inForce(RuleDevice device) {
    Comparator<Entry> nearest =
        Comparator.<Entry>comparingInt(entry -> entry.rule().scope().nearness())
            .thenComparingInt(entry -> entry.tenant() == null ? 0 : 1);
    Map<String, Entry> chosen = new LinkedHashMap<>();
    for (Entry entry : entries) {
      if ((entry.tenant() == null || entry.tenant().equals(device.tenant()))
          && entry.rule().scope().covers(device)) {
        chosen.merge(entry.rule().id(), entry, (a, b) -> nearest.compare(a, b) >= 0 ? a : b);
      }
    }
    List<Entry> inForce = new ArrayList<>(chosen.values());
    inForce.removeIf(entry -> !entry.rule().enabled());
    return inForce;
  }
}
