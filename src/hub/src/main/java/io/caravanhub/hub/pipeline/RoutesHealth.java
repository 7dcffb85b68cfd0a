package io.caravanhub.hub.pipeline;

import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.stereotype.Component;

/**
 * Down until the route files have been loaded once, so that nobody calls a hub that cannot answer
 * yet.
 */
@Component("routes")
class RoutesHealth implements HealthIndicator {
  private final RouteFilesLifecycle files;

  RoutesHealth(RouteFilesLifecycle files) {
    this.files = files;
  }

  @Override
  public Health health() {
    return files.isRunning() ? Health.up().build() : Health.down().build();
  }
}
