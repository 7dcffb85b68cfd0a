package io.caravanhub.hub.connector;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.webhook.WebhookSignature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/**
 * Webhooks as connections' pages show them: how many were taken, when the last, and what some of
 * the last held. Steps of the route {@code webhook}; a message costs a look in memory and two
 * counters, and rows are written every two seconds. Thread-safe.
 */
@Component
public class WebhookArrivals implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(WebhookArrivals.class);
  private static final Duration REMEMBERED = Duration.ofSeconds(2);
  private static final long BETWEEN_SAMPLES = TimeUnit.MILLISECONDS.toNanos(500);

  private final ConnectionRows rows;
  private final ConnectionSecrets secrets;
  private final LastPayloads payloads;
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "webhook-counts");
            thread.setDaemon(true);
            return thread;
          });
  private final LoadingCache<Whose, Optional<Target>> targets =
      Caffeine.newBuilder()
          .maximumSize(10_000)
          .refreshAfterWrite(REMEMBERED)
          .expireAfterWrite(Duration.ofMinutes(1))
          .build(this::load);
  private final LoadingCache<UUID, Tally> tallies =
      Caffeine.newBuilder().maximumSize(10_000).build(id -> new Tally());

  private record Whose(String tenant, String oem) {}

  private record Target(UUID connection, String tenant, List<String> secrets) {}

  private static final class Tally {
    private final LongAdder taken = new LongAdder();
    private final AtomicLong sampled = new AtomicLong(System.nanoTime() - BETWEEN_SAMPLES);
    private volatile String tenant = "";
    private volatile Instant last = Instant.EPOCH;
  }

  WebhookArrivals(ConnectionRows rows, ConnectionSecrets secrets, LastPayloads payloads) {
    this.rows = rows;
    this.secrets = secrets;
    this.payloads = payloads;
    clock.scheduleWithFixedDelay(this::write, 2, 2, TimeUnit.SECONDS);
  }

  /** Before the connector: keeps the body, if none was kept just now. */
  @Bean("webhookCame")
  org.apache.camel.Processor came() {
    return exchange -> {
      Target target = target(exchange);
      if (target != null && exchange.getMessage().getBody() instanceof byte[] body) {
        AtomicLong sampled = tally(target).sampled;
        long before = sampled.get();
        long now = System.nanoTime();
        if (now - before >= BETWEEN_SAMPLES && sampled.compareAndSet(before, now)) {
          payloads.pushed(target.connection, body, target.secrets);
        }
      }
    };
  }

  /** After the commit. */
  @Bean("webhookKept")
  org.apache.camel.Processor kept() {
    return exchange -> {
      Target target = target(exchange);
      if (target != null) {
        Tally tally = tally(target);
        tally.taken.increment();
        tally.last = Instant.now();
      }
    };
  }

  private Tally tally(Target target) {
    Tally tally = tallies.get(target.connection);
    tally.tenant = target.tenant;
    return tally;
  }

  private @org.jspecify.annotations.Nullable Target target(Exchange exchange) {
    String tenant = exchange.getMessage().getHeader(TelemetryHeaders.TENANT, "", String.class);
    String oem = exchange.getProperty(WebhookSignature.OEM, "", String.class);
    try {
      return targets.get(new Whose(tenant, oem)).orElse(null);
    } catch (RuntimeException e) {
      // Pages can do without; the message must not.
      return null;
    }
  }

  private Optional<Target> load(Whose whose) {
    return TenantScope.call(
        whose.tenant,
        () ->
            rows.enabled(whose.oem).stream()
                .findFirst()
                .map(c -> new Target(c.id(), c.tenant(), credentials(c))));
  }

  private List<String> credentials(Connection connection) {
    try {
      return new ArrayList<>(secrets.open(connection).values());
    } catch (SecretException e) {
      return List.of();
    }
  }

  private void write() {
    tallies
        .asMap()
        .forEach(
            (id, tally) -> {
              long taken = tally.taken.sumThenReset();
              if (taken == 0) {
                return;
              }
              try {
                TenantScope.run(tally.tenant, () -> rows.took(id, taken, tally.last));
              } catch (RuntimeException e) {
                tally.taken.add(taken);
                LOG.debug("the counts of webhooks wait for the database: {}", e.toString());
              }
            });
  }

  @Override
  public void destroy() {
    clock.shutdownNow();
  }
}
