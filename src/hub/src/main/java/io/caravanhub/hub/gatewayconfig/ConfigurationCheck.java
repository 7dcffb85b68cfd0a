package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.core.bundle.Bundle;
import io.caravanhub.core.bundle.BundleCheck;
import io.caravanhub.core.bundle.BundleProblem;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.rules.RuleMetrics;
import java.util.List;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** Reads a gateway's files as the gateway will. Thread-safe. */
@Component
class ConfigurationCheck {
  private final ObjectProvider<CamelContext> camel;
  private final RuleMetrics metrics;
  private final ShippedMaps shipped;

  ConfigurationCheck(ObjectProvider<CamelContext> camel, RuleMetrics metrics, ShippedMaps shipped) {
    this.camel = camel;
    this.metrics = metrics;
    this.shipped = shipped;
  }

  List<BundleProblem> problems(Bundle bundle) {
    return new BundleCheck(
            camel.getObject(), metrics.of(CallerContext.current().tenant()), shipped::has)
        .problems(bundle);
  }
}
