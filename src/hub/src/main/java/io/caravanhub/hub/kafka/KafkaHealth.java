package io.caravanhub.hub.kafka;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import org.jspecify.annotations.Nullable;
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

  KafkaHealth(KafkaState state, MeterRegistry meters) {
    this.state = state;
    Gauge.builder("hub.kafka.up", () -> reason() == null ? 1 : 0)
        .description("1 while Kafka takes messages and gives them, 0 while it does not")
        .register(meters);
  }

  @Override
  public Health health() {
    String reason = reason();
    if (reason != null) {
      return Health.down().withDetail("reason", reason).build();
    }
    String left = state.left();
    return left == null ? Health.up().build() : Health.up().withDetail("partitions", left).build();
  }

  private @Nullable String reason() {
    String down = state.reason();
    return down != null ? down : state.closed();
  }
}
