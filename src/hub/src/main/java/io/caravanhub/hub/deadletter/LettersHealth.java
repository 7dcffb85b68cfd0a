package io.caravanhub.hub.deadletter;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Says how many dead letters are kept and in how many tenants they grow; the hub is up with them.
 */
@Component("deadLettersHealthIndicator")
class LettersHealth implements HealthIndicator {
  private final LetterKeeping keeping;

  LettersHealth(LetterKeeping keeping) {
    this.keeping = keeping;
  }

  @Override
  public Health health() {
    return Health.up()
        .withDetail("kept", keeping.kept())
        .withDetail("tenants_where_they_grow", keeping.growing())
        .build();
  }
}
