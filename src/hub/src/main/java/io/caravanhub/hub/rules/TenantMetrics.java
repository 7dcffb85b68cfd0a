package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.KnownMetrics;
import io.caravanhub.hub.telemetry.MetricCatalog;
import java.util.Optional;

/** The metrics of a tenant: the catalogue's and those its own devices brought along. */
record TenantMetrics(MetricCatalog catalog, String tenant) implements KnownMetrics {
  @Override
  public Optional<Known> find(String metric) {
    return catalog
        .find(tenant, metric)
        .map(known -> new Known(known.unit(), !known.textual(), known.textual()))
        .or(() -> CATALOGUE.find(metric));
  }
}
