package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.observability.LogIds;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Metrics;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/**
 * What to do when rules or the event log fail: tell, count, and forget the device's state, so that
 * the next message rebuilds it from the store and says again what was not recorded.
 */
@Component("rulesFailure")
public class RulesFailure {
  private static final Logger LOG = LoggerFactory.getLogger(RulesFailure.class);

  private final RuleEngine engine;
  private final Counter failures;

  public RulesFailure(RuleEngine engine, ObjectProvider<MeterRegistry> registry) {
    this.engine = engine;
    this.failures =
        registry.getIfAvailable(() -> Metrics.globalRegistry).counter("hub.rules.failures");
  }

  /** Called by the routeConfiguration. */
  public void handle(Exchange exchange) {
    failures.increment();
    Exception cause = exchange.getProperty(ExchangePropertyKey.EXCEPTION_CAUGHT, Exception.class);
    Object body = exchange.getMessage().getBody();
    if (body instanceof Telemetry telemetry) {
      LOG.atError()
          .setCause(cause)
          .addKeyValue(LogIds.TENANT, telemetry.tenant())
          .addKeyValue(LogIds.DEVICE, telemetry.device())
          .log("Rules failed on telemetry of device {}", telemetry.device());
      engine.forget(telemetry.tenant(), telemetry.device());
    } else if (body instanceof List<?> messages) {
      LOG.error("Rules failed on {} messages", messages.size(), cause);
      for (Object message : messages) {
        if (message instanceof Telemetry telemetry) {
          engine.forget(telemetry.tenant(), telemetry.device());
        }
      }
    } else if (body instanceof Detection detection) {
      LOG.atError()
          .setCause(cause)
          .addKeyValue(LogIds.TENANT, detection.tenant())
          .addKeyValue(LogIds.DEVICE, detection.device().serial())
          .log("Event of device {} not recorded yet", detection.device().serial());
      engine.forget(detection.tenant(), detection.device().id());
    } else if (cause instanceof DataAccessException) {
      LOG.warn("Devices are not watched for silence now: {}", cause.getMessage());
    } else {
      LOG.error("Watching for silent devices failed", cause);
    }
  }
}
