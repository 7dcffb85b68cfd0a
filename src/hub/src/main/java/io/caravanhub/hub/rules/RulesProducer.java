package io.caravanhub.hub.rules;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.telemetry.Telemetry;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
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
        operation == RulesOperation.evaluate ? evaluate(exchange.getMessage()) : engine.watch();
    if (!found.isEmpty()) {
      exchange.setProperty(RulesConstants.DETECTIONS, found);
    }
  }

  /** The body is one message or, from HTTP, a list of them. */
  private List<Detection> evaluate(Message message) throws InvalidPayloadException {
    if (!(message.getBody() instanceof List<?> messages)) {
      return engine.evaluate(message.getMandatoryBody(Telemetry.class));
    }
    List<Detection> found = new ArrayList<>();
    for (Object telemetry : messages) {
      found.addAll(engine.evaluate((Telemetry) telemetry));
    }
    return found;
  }
}
