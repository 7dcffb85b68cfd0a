package io.caravanhub.hub.rules;

import java.time.Instant;

/** Detections made by hand, for tests of what follows them. */
public final class Detections {
  private Detections() {}

  /** A device of a test. */
  public static RuleDevice device(String tenant, String id, String asset) {
    return new RuleDevice(tenant, id, "RTU-9", "rooftop_unit", "Acme", "One", asset);
  }

  /** A detection of the rule with that id, family and type. */
  public static Detection of(
      Detection.Kind kind,
      RuleDevice device,
      String rule,
      String family,
      String type,
      Instant onset,
      Instant at) {
    String text =
        "{id: %s, when: {metric: superheat, above: 15}, event: {type: %s, severity: high, family: %s, message: '{metric} {value} {unit}', action: Look, failure_mode: LEAK, parts: [{number: N1, name: Part, quantity: 2}]}}"
            .formatted(rule, type, family);
    return new Detection(kind, device, RuleReader.single(text), onset, at, 18.254, "K");
  }
}
