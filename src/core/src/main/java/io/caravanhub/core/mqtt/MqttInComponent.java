package io.caravanhub.core.mqtt;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;

/** Take messages from an MQTT 5 broker, acknowledged to it when the exchange is done. */
@Component("mqtt-in")
public class MqttInComponent extends DefaultComponent {
  private final List<MqttInConsumer> consumers = new CopyOnWriteArrayList<>();

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    MqttInEndpoint endpoint = new MqttInEndpoint(uri, this);
    endpoint.setTopicFilters(remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  void started(MqttInConsumer consumer) {
    consumers.add(consumer);
  }

  void stopped(MqttInConsumer consumer) {
    consumers.remove(consumer);
  }

  /**
   * Publishes over a connection of one of the consumers, at most once.
   *
   * @return false when none is connected
   */
  public boolean publish(String topic, byte[] payload) {
    return consumers.stream().anyMatch(consumer -> consumer.publish(topic, payload));
  }
}
