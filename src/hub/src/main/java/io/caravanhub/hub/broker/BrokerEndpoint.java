package io.caravanhub.hub.broker;

import org.apache.camel.Category;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.apache.camel.support.DefaultEndpoint;

/**
 * Take MQTT messages from the hub's embedded broker, acknowledged when the exchange is done.
 *
 * <p>A failed exchange is answered with an error code (MQTT 5) or a closed connection (MQTT 3.1.1),
 * so that the device sends again.
 */
@UriEndpoint(
    firstVersion = "0.1.0",
    scheme = "broker",
    title = "Embedded Broker",
    syntax = "broker:topicFilter",
    consumerOnly = true,
    category = {Category.IOT, Category.MESSAGING},
    headersClass = BrokerConstants.class)
public class BrokerEndpoint extends DefaultEndpoint {
  @UriPath
  @Metadata(required = true)
  private String topicFilter = "";

  public BrokerEndpoint(String uri, BrokerComponent component) {
    super(uri, component);
  }

  @Override
  public Producer createProducer() {
    throw new UnsupportedOperationException(
        "broker: only consumes; commands to devices go through the API");
  }

  @Override
  public Consumer createConsumer(Processor processor) throws Exception {
    EmbeddedBroker broker = ((BrokerComponent) getComponent()).getBroker();
    BrokerConsumer consumer = new BrokerConsumer(this, processor, broker);
    configureConsumer(consumer);
    return consumer;
  }

  public String getTopicFilter() {
    return topicFilter;
  }

  /** MQTT topic filter, for instance {@code t/+/d/+/telemetry}. */
  public void setTopicFilter(String topicFilter) {
    this.topicFilter = topicFilter;
  }
}
