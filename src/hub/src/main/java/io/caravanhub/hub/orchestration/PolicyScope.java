package io.caravanhub.hub.orchestration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The devices and assets a policy is for. Every field that is given must match one of its values.
 *
 * @param wanted values by field
 */
record PolicyScope(Map<String, List<String>> wanted) {
  static final PolicyScope ALL = new PolicyScope(Map.of());
  static final Set<String> FIELDS =
      Set.of(
          "customer",
          "location",
          "building",
          "asset",
          "device_type",
          "model",
          "manufacturer",
          "sla_tier");

  PolicyScope {
    wanted = Map.copyOf(wanted);
  }

  /** Why it is not for the occasion; empty when it is. */
  Optional<String> misses(Occasion occasion) {
    Map<String, List<String>> is = new LinkedHashMap<>();
    wanted.forEach((field, values) -> is.put(field, occasion.place(field)));
    for (Map.Entry<String, List<String>> field : is.entrySet()) {
      List<String> values = wanted.getOrDefault(field.getKey(), List.of());
      if (field.getValue().stream().noneMatch(values::contains)) {
        return Optional.of(
            "its " + field.getKey() + " is " + shown(field.getValue()) + ", not " + shown(values));
      }
    }
    return Optional.empty();
  }

  static String shown(List<String> values) {
    List<String> told = values.stream().filter(value -> !value.isEmpty()).toList();
    return told.isEmpty() ? "unknown" : String.join(" or ", told);
  }
}
