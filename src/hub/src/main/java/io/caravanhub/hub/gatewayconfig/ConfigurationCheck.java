package io.caravanhub.hub.gatewayconfig;

import io.caravanhub.core.bundle.Bundle;
import io.caravanhub.core.bundle.BundleCheck;
import io.caravanhub.core.bundle.BundleProblem;
import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.rules.RuleMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.camel.CamelContext;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Reads a gateway's files as the gateway will. Thread-safe. */
@Component
class ConfigurationCheck {
  private final ObjectProvider<CamelContext> camel;
  private final RuleMetrics metrics;
  private final Path mappings;

  ConfigurationCheck(
      ObjectProvider<CamelContext> camel,
      RuleMetrics metrics,
      @Value("${hub.mappings}") Path mappings) {
    this.camel = camel;
    this.metrics = metrics;
    this.mappings = mappings.toAbsolutePath().normalize();
  }

  List<BundleProblem> problems(Bundle bundle) {
    return new BundleCheck(
            camel.getObject(), metrics.of(CallerContext.current().tenant()), this::isShipped)
        .problems(bundle);
  }

  /** Gateways are shipped with the mappings that the hub is shipped with. */
  private boolean isShipped(String map) {
    Path file = mappings.resolve(map).normalize();
    return file.startsWith(mappings) && Files.isRegularFile(file);
  }
}
