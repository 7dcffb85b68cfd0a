package io.caravanhub.core.rule;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a comparison, and which of them were looked at: the others would be without effect.
 */
final class FieldUse {
  private final YamlField of;
  private final Map<String, YamlField> fields;
  private final Set<String> used = new HashSet<>();

  FieldUse(YamlField of, Map<String, YamlField> fields) {
    this.of = of;
    this.fields = fields;
  }

  YamlField require(String name) {
    used.add(name);
    return of.require(fields, name);
  }

  @Nullable YamlField optional(String name) {
    used.add(name);
    return fields.get(name);
  }

  /** Whether it is there; looking is not using. */
  boolean has(String name) {
    return fields.containsKey(name);
  }

  RuleException wrong(String problem) {
    return of.wrong(problem);
  }

  /** A field that the kind of comparison does not use would be silently without effect. */
  void refuseUnused(String kind) {
    fields.forEach(
        (name, field) -> {
          if (!used.contains(name)) {
            throw field.wrong("has no effect together with " + kind);
          }
        });
  }
}
