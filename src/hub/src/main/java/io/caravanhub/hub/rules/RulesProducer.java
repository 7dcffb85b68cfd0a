package io.caravanhub.hub.rules;

import io.caravanhub.core.telemetry.Telemetry;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.support.DefaultProducer;

/** Puts the detections that a message led to in its place. */
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
        operation == RulesOperation.evaluate
            ? engine.evaluate(exchange.getMessage().getMandatoryBody(Telemetry.class))
            : engine.watch();
    exchange.getMessage().setBody(found);
    exchange.getMessage().setHeader(RulesConstants.DETECTIONS, found.size());
  }
}
