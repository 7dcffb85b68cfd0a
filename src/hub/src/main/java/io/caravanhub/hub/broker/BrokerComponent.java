package io.caravanhub.hub.broker;

import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/** Take MQTT messages from the hub's embedded broker, acknowledged when the exchange is done. */
@Component("broker")
public class BrokerComponent extends DefaultComponent {
  @Metadata(autowired = true, description = "The embedded broker.")
  private @Nullable EmbeddedBroker broker;

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    BrokerEndpoint endpoint = new BrokerEndpoint(uri, this);
    endpoint.setTopicFilter(remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  public @Nullable EmbeddedBroker getBroker() {
    return broker;
  }

  /** The embedded broker. */
  public void setBroker(@Nullable EmbeddedBroker broker) {
    this.broker = broker;
  }
}
