package io.caravanhub.hub.console;

import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.security.HubPrincipal;
import io.caravanhub.hub.security.Tokens;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.mvc.method.annotation.SseEmitter;

/**
 * Server-sent events for the pages: one ticker for all, a rendering for each topic that is watched,
 * a bounded number of clients. Thread-safe.
 */
@Component
class LiveStreams implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(LiveStreams.class);
  private static final Duration LONGEST = Duration.ofMinutes(15);
  private static final int WRITERS = 4;

  private final Map<String, LiveTopic> topics = new ConcurrentHashMap<>();
  private final AtomicInteger clients = new AtomicInteger();
  private final int most;
  private final ScheduledExecutorService ticker;
  private final ThreadPoolExecutor writers;

  LiveStreams(@Value("${hub.console.most-viewers:100}") int most, Tokens tokens) {
    this.most = most;
    tokens.onRevocation(this::end);
    this.ticker = Executors.newSingleThreadScheduledExecutor(named("console-ticker"));
    this.writers =
        new ThreadPoolExecutor(
            WRITERS,
            WRITERS,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(most),
            named("console-writer"));
    writers.allowCoreThreadTimeOut(true);
    ticker.scheduleWithFixedDelay(this::tick, 1000, 1000, TimeUnit.MILLISECONDS);
  }

  /**
   * Adds a client to a topic.
   *
   * @param who looks; the tenant is part of the topic's identity
   * @param page what it watches
   * @param sections renders it; of several clients, the first one's is used
   * @return empty when there are too many clients
   */
  Optional<SseEmitter> open(HubPrincipal who, String page, Supplier<Map<String, String>> sections) {
    if (clients.incrementAndGet() > most) {
      clients.decrementAndGet();
      return Optional.empty();
    }
    SseEmitter emitter = new SseEmitter(LONGEST.toMillis());
    LiveClient client = new LiveClient(emitter, who.subject());
    String key = who.tenant() + " " + page;
    topics.compute(
        key,
        (k, topic) -> {
          LiveTopic watched = topic == null ? new LiveTopic(who.tenant(), sections) : topic;
          watched.clients().add(client);
          return watched;
        });
    emitter.onTimeout(emitter::complete);
    emitter.onError(e -> leave(key, client));
    emitter.onCompletion(() -> leave(key, client));
    return Optional.of(emitter);
  }

  /** As {@link #open}, as an answer: 503 when there are too many clients. */
  ResponseEntity<SseEmitter> answer(
      HubPrincipal who, String page, Supplier<Map<String, String>> sections) {
    return open(who, page, sections)
        .map(ResponseEntity::ok)
        .orElseGet(
            () ->
                ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE)
                    .header("Retry-After", "10")
                    .build());
  }

  /** How many clients there are. */
  int clients() {
    return clients.get();
  }

  /** How many pages are rendered a tick. */
  int topics() {
    return topics.size();
  }

  /** Whether a page of the tenant is watched: from then on a revoked token ends the watching. */
  boolean watched(String tenant) {
    return topics.values().stream().anyMatch(topic -> topic.tenant().equals(tenant));
  }

  /** A browser whose token was revoked comes back once, and is then asked to sign in. */
  private void end(String tenant, String subject) {
    for (LiveTopic topic : topics.values()) {
      if (topic.tenant().equals(tenant)) {
        topic.clients().stream().filter(c -> c.isOf(subject)).forEach(LiveClient::close);
      }
    }
  }

  private void leave(String key, LiveClient client) {
    topics.computeIfPresent(
        key,
        (k, topic) -> {
          if (topic.clients().remove(client)) {
            clients.decrementAndGet();
          }
          return topic.clients().isEmpty() ? null : topic;
        });
  }

  private void tick() {
    topics.forEach(
        (key, topic) -> {
          try {
            Map<String, String> sections = TenantScope.call(topic.tenant(), topic.sections());
            topic.clients().forEach(client -> client.offer(sections, writers));
          } catch (RuntimeException e) {
            // The database may be away for a while; the page says so itself by its growing ages.
            LOG.warn("The page {} could not be rendered: {}", key, e.toString());
          }
        });
  }

  @Override
  public void destroy() {
    ticker.shutdownNow();
    topics.values().forEach(topic -> topic.clients().forEach(LiveClient::close));
    writers.shutdown();
  }

  private static ThreadFactory named(String name) {
    return work -> {
      Thread thread = new Thread(work, name);
      thread.setDaemon(true);
      return thread;
    };
  }
}
