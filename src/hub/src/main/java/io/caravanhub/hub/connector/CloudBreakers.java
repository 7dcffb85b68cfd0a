package io.caravanhub.hub.connector;

import io.caravanhub.core.cloud.Cloud;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * A breaker for each cloud, whosever connections ask it: while it is down, it is not asked by a
 * thousand connections one after the other, only tried now and then. Thread-safe.
 */
@Component
class CloudBreakers {
  /** How long an open breaker stays open. */
  static final Duration REST = Duration.ofSeconds(30);

  private static final List<String> OWN =
      List.of("base_url", "certificate", "certificate_authority");

  private final CircuitBreakerRegistry breakers =
      CircuitBreakerRegistry.of(
          CircuitBreakerConfig.custom()
              .slidingWindowSize(20)
              .minimumNumberOfCalls(8)
              .failureRateThreshold(60)
              .waitDurationInOpenState(REST)
              .permittedNumberOfCallsInHalfOpenState(2)
              .build());

  CloudBreakers(MeterRegistry meters) {
    meters.gauge(
        "hub.clouds.left.alone",
        breakers,
        all ->
            all.getAllCircuitBreakers().stream()
                .filter(b -> b.getState() == CircuitBreaker.State.OPEN)
                .count());
  }

  /** Whether a poll may begin; whoever is told so says how it went. */
  boolean mayAsk(Connection connection, Cloud cloud) {
    return of(connection, cloud).tryAcquirePermission();
  }

  void answered(Connection connection, Cloud cloud) {
    of(connection, cloud).onSuccess(0, TimeUnit.MILLISECONDS);
  }

  void failed(Connection connection, Cloud cloud) {
    of(connection, cloud)
        .onError(0, TimeUnit.MILLISECONDS, new IllegalStateException("unavailable"));
  }

  void notAsked(Connection connection, Cloud cloud) {
    of(connection, cloud).releasePermission();
  }

  /** A local box is one tenant's own, and so is what a tenant trusts or puts between. */
  private CircuitBreaker of(Connection connection, Cloud cloud) {
    boolean own =
        cloud.base().contains("{") || OWN.stream().anyMatch(connection.settings()::containsKey);
    return breakers.circuitBreaker(
        connection.oem() + " " + (own ? connection.id().toString() : cloud.base()));
  }
}
