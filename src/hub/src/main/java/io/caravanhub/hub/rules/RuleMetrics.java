package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.KnownMetrics;
import io.caravanhub.hub.telemetry.MetricCatalog;
import org.springframework.stereotype.Component;

/** Which metrics the rules of a tenant may name, for those who read rules elsewhere. */
@Component
public class RuleMetrics {
  private final MetricCatalog metrics;

  RuleMetrics(MetricCatalog metrics) {
    this.metrics = metrics;
  }

  /** Those of the catalogue and of the tenant's own devices. */
  public KnownMetrics of(String tenant) {
    return new TenantMetrics(metrics, tenant);
  }
}
