package io.caravanhub.hub.rules;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Run rules (threshold with hysteresis, duration, rate of change, stuck values, silence) over
 * telemetry. The message stays as it is; what was found is in {@link RulesConstants#DETECTIONS}.
 */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "rules",
    title = "Rules",
    syntax = "rules:operation",
    producerOnly = true,
    remote = false,
    category = {Category.IOT, Category.TRANSFORMATION})
public class RulesEndpoint extends DefaultEndpoint {
  @UriPath
  @Metadata(required = true)
  private RulesOperation operation = RulesOperation.evaluate;

  public RulesEndpoint(String uri, RulesComponent component) {
    super(uri, component);
  }

  @Override
  public Producer createProducer() {
    return new RulesProducer(this, ((RulesComponent) getComponent()).engine());
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    throw new UnsupportedOperationException("rules: has no consumer; call it from a route");
  }

  @Override
  public boolean isRemote() {
    return false;
  }

  public RulesOperation getOperation() {
    return operation;
  }

  /**
   * What to do: evaluate runs the rules over the telemetry in the body, one message or a list, and
   * leaves the list of detections in its place; watch, called by a schedule, leaves what is to be
   * said about devices that are silent or were not heard since the start.
   */
  public void setOperation(RulesOperation operation) {
    this.operation = operation;
  }
}
