package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.Finding;
import io.caravanhub.core.rule.KnownMetrics;
import io.caravanhub.core.rule.Rule;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.rule.RuleReader;
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
    return new Detection(
        kind,
        device,
        RuleReader.single(text, KnownMetrics.CATALOGUE),
        onset,
        at,
        new Finding("superheat", 18.254, 15, "K", null));
  }

  /** A rule for devices that say nothing. */
  public static Rule silent(String rule) {
    return RuleReader.single(
        "{id: %s, when: {silent_for: PT10M}, event: {type: likely_failure, severity: high, family: communication, message: 'nothing heard'}}"
            .formatted(rule),
        KnownMetrics.CATALOGUE);
  }

  /** A critical fault is noticed. */
  public static Detection critical(RuleDevice device, String rule, Instant at) {
    String text =
        "{id: %s, when: {metric: superheat, above: 15}, event: {type: critical_fault, severity: critical, family: fire, message: m}}"
            .formatted(rule);
    return new Detection(
        Detection.Kind.RAISE,
        device,
        RuleReader.single(text, KnownMetrics.CATALOGUE),
        at,
        at,
        new Finding("superheat", 40, 15, "K", null));
  }
}
