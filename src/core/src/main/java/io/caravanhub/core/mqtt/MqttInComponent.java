package io.caravanhub.core.mqtt;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Endpoint;
import org.apache.camel.spi.annotations.Component;
import org.apache.camel.support.DefaultComponent;
import org.jspecify.annotations.Nullable;

/** Take messages from an MQTT 5 broker, acknowledged to it when the exchange is done. */
@Component("mqtt-in")
public class MqttInComponent extends DefaultComponent {
  private final Map<Access, Integer> uses = new HashMap<>();
  private final Map<Access, BrokerSender> senders = new HashMap<>();
  private final List<BrokerSender> sending = new CopyOnWriteArrayList<>();

  /** As whom this process publishes where. */
  private record Access(String brokerUrl, String clientId, @Nullable String userName) {
    static Access of(MqttInEndpoint endpoint) {
      return new Access(endpoint.getBrokerUrl(), endpoint.ownId(), endpoint.getUserName());
    }
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    MqttInEndpoint endpoint = new MqttInEndpoint(uri, this);
    endpoint.setTopicFilters(remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  /** A consumer has begun: from now on it can be published to its broker. */
  synchronized void started(MqttInEndpoint endpoint) throws IOException, GeneralSecurityException {
    Access access = Access.of(endpoint);
    if (uses.merge(access, 1, Integer::sum) == 1) {
      BrokerSender sender = new BrokerSender(endpoint);
      senders.put(access, sender);
      sending.add(sender);
    }
  }

  synchronized void stopped(MqttInEndpoint endpoint) {
    Access access = Access.of(endpoint);
    if (uses.merge(access, -1, Integer::sum) == 0) {
      uses.remove(access);
      BrokerSender sender = Objects.requireNonNull(senders.remove(access));
      sending.remove(sender);
      sender.close();
    }
  }

  /**
   * Publishes to the broker of one of the consumers, at most once; also while another process holds
   * the lease.
   *
   * @return false when none is connected
   */
  public boolean publish(String topic, byte[] payload) {
    return sending.stream().anyMatch(sender -> sender.publish(topic, payload));
  }
}
