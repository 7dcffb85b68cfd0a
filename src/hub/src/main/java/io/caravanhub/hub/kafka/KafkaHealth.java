package io.caravanhub.hub.kafka;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.stereotype.Component;

/**
 * Down with its reason while Kafka takes nothing, or lets nothing be taken from it; not while the
 * database is away, for what comes in is taken all the same.
 */
@Component("kafka")
@ConditionalOnProperty("hub.kafka.enabled")
class KafkaHealth implements HealthIndicator {
  private final KafkaState state;

  KafkaHealth(KafkaState state) {
    this.state = state;
  }

  @Override
  public Health health() {
    String reason = state.reason() != null ? state.reason() : state.closed();
    if (reason != null) {
      return Health.down().withDetail("reason", reason).build();
    }
    String left = state.left();
    return left == null ? Health.up().build() : Health.up().withDetail("partitions", left).build();
  }
}
