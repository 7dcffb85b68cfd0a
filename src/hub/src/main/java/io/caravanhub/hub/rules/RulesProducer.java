package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.observability.BatchTrace;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.support.DefaultProducer;

/** Notes beside the message what detections it led to. Most lead to none, and cost nothing more. */
class RulesProducer extends DefaultProducer {
  private final RuleEngine engine;
  private final RulesOperation operation;

  RulesProducer(RulesEndpoint endpoint, RuleEngine engine) {
    super(endpoint);
    this.engine = engine;
    this.operation = endpoint.getOperation();
  }

  @Override
  public void process(Exchange exchange) throws InvalidPayloadException {
    List<Detection> found =
        operation == RulesOperation.evaluate ? evaluate(exchange) : engine.watch();
    if (!found.isEmpty()) {
      exchange.setProperty(RulesConstants.DETECTIONS, found);
    }
  }

  /** The body is one message or, from HTTP and Kafka, a list of them. */
  private List<Detection> evaluate(Exchange exchange) throws InvalidPayloadException {
    if (!(exchange.getMessage().getBody() instanceof List<?> messages)) {
      return engine.evaluate(exchange.getMessage().getMandatoryBody(Telemetry.class));
    }
    List<Detection> found = new ArrayList<>();
    List<Integer> origins = new ArrayList<>();
    for (int i = 0; i < messages.size(); i++) {
      for (Detection detection : engine.evaluate((Telemetry) messages.get(i))) {
        found.add(detection);
        origins.add(i);
      }
    }
    if (!found.isEmpty()) {
      exchange.setProperty(BatchTrace.ORIGINS, origins);
    }
    return found;
  }
}
