package io.caravanhub.core.rule;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All rules of one moment, found by their scope: what a device costs does not grow with the rules
 * of others. Replaced as a whole, never changed.
 */
public final class RuleBook {
  /**
   * A rule with its origin.
   *
   * @param tenant whose rule it is, or null for a file's, which is everybody's
   * @param source the file's name, or {@code table}
   */
  public record Entry(@Nullable String tenant, Rule rule, String source) {}

  private record Place(@Nullable String tenant, RuleScope.Field field, String value) {}

  private final List<Entry> entries;
  private final Map<Place, List<Entry>> places = new HashMap<>();
  private final Set<String> everybodys = new HashSet<>();
  private final Map<String, Set<String>> shared = new HashMap<>();
  private final Map<String, RuleProgram> programs;
  private final ExpressionCosts costs;

  public RuleBook(List<Entry> entries) {
    this(entries, Map.of());
  }

  public RuleBook(List<Entry> entries, Map<String, RuleProgram> programs) {
    this(entries, programs, new ExpressionCosts(Clock.systemUTC()));
  }

  /**
   * @param programs engineers' DRL by name; the same map as before when none has changed
   * @param costs of expressions; the same as before
   */
  public RuleBook(List<Entry> entries, Map<String, RuleProgram> programs, ExpressionCosts costs) {
    this.entries = List.copyOf(entries);
    this.programs = programs;
    this.costs = costs;
    for (Entry entry : this.entries) {
      RuleScope scope = entry.rule().scope();
      RuleScope.Field narrowest = scope.narrowest();
      Place place = new Place(entry.tenant(), narrowest, scope.value(narrowest));
      places.computeIfAbsent(place, key -> new ArrayList<>(1)).add(entry);
      String tenant = entry.tenant();
      (tenant == null ? everybodys : shared.computeIfAbsent(tenant, key -> new HashSet<>()))
          .addAll(entry.rule().sharedMetrics());
    }
    shared.values().forEach(metrics -> metrics.addAll(everybodys));
  }

  public List<Entry> entries() {
    return entries;
  }

  /** Engineers' DRL by name. */
  public Map<String, RuleProgram> programs() {
    return programs;
  }

  /** What expressions cost, which outlasts the book. */
  public ExpressionCosts costs() {
    return costs;
  }

  /** Metrics that rules for devices of the tenant ask of other devices. */
  public Set<String> sharedMetrics(String tenant) {
    return shared.getOrDefault(tenant, everybodys);
  }

  /**
   * The rules for a device: of each id the variant with the nearest scope, a tenant's own before a
   * file's at the same distance.
   */
  public List<Entry> inForce(RuleDevice device) {
    Map<String, Entry> chosen = new LinkedHashMap<>();
    for (RuleScope.Field field : RuleScope.Field.values()) {
      for (String value : RuleScope.values(field, device)) {
        choose(new Place(null, field, value), device, chosen);
        choose(new Place(device.tenant(), field, value), device, chosen);
      }
    }
    List<Entry> inForce = new ArrayList<>(chosen.values());
    inForce.removeIf(entry -> !entry.rule().enabled());
    inForce.sort(Comparator.comparing(entry -> entry.rule().id()));
    return inForce;
  }

  private void choose(Place place, RuleDevice device, Map<String, Entry> chosen) {
    Comparator<Entry> nearest =
        Comparator.<Entry>comparingInt(entry -> entry.rule().scope().nearness())
            .thenComparingInt(entry -> -entry.rule().scope().ancestor(device))
            .thenComparingInt(entry -> entry.tenant() == null ? 0 : 1);
    for (Entry entry : places.getOrDefault(place, List.of())) {
      if (entry.rule().scope().covers(device)) {
        chosen.merge(entry.rule().id(), entry, (a, b) -> nearest.compare(a, b) >= 0 ? a : b);
      }
    }
  }
}
