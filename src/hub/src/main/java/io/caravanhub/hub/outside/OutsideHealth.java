package io.caravanhub.hub.outside;

import io.caravanhub.core.mqtt.MqttInConsumer;
import java.util.List;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.stereotype.Component;

/**
 * Says which hub takes the messages of the broker outside. Always up: a hub that stands by is well,
 * and one whose broker is away takes messages by other ways.
 */
@Component("broker")
@ConditionalOnExpression(
    "!'${hub.mqtt.url:}'.isBlank() && ('${hub.roles:}'.isBlank() ||"
        + " '${hub.roles:}'.contains('ingest'))")
class OutsideHealth implements HealthIndicator {
  private final OutsideLease lease;
  private final ObjectProvider<CamelContext> camel;

  OutsideHealth(
      OutsideLeases leases,
      ObjectProvider<CamelContext> camel,
      @Value("${hub.mqtt.url}") String url) {
    this.lease = leases.of(url);
    this.camel = camel;
  }

  @Override
  public Health health() {
    return Health.up()
        .withDetail("taken_by", lease.taker())
        .withDetail("connected", isConnected())
        .build();
  }

  /** All of the routes that take from brokers, while this hub is the one that does. */
  private boolean isConnected() {
    List<MqttInConsumer> consumers =
        camel.getObject().getRoutes().stream()
            .map(Route::getConsumer)
            .filter(MqttInConsumer.class::isInstance)
            .map(MqttInConsumer.class::cast)
            .toList();
    return !consumers.isEmpty() && consumers.stream().allMatch(MqttInConsumer::isConnected);
  }
}
