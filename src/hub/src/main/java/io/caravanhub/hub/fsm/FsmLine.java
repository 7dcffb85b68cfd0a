package io.caravanhub.hub.fsm;

import io.caravanhub.core.fsm.FsmAnswer;
import io.caravanhub.core.fsm.FsmAnswer.Outcome;
import io.caravanhub.core.fsm.FsmCall;
import io.caravanhub.core.fsm.FsmClient;
import io.caravanhub.core.fsm.FsmFacts;
import io.caravanhub.core.fsm.FsmProduct;
import io.github.bucket4j.BlockingStrategy;
import io.github.bucket4j.Bucket;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection in use: its client behind a breaker, a rate limiter and so many slots as the product
 * takes calls at once. Trouble is logged when it begins and when it is over, not for every call.
 * Thread-safe.
 */
final class FsmLine {
  private static final Logger LOG = LoggerFactory.getLogger(FsmLine.class);
  private static final Duration LONGEST_TURN = Duration.ofSeconds(5);
  private static final Duration FORGOTTEN = Duration.ofMinutes(3);
  private static final Duration WRITE_REMEMBERED = Duration.ofMinutes(5);
  private static final int TRIALS = 2;
  private static final Duration ASSET_KNOWN = Duration.ofMinutes(10);
  private static final Duration[] STEPS = {
    Duration.ofMillis(100), Duration.ofMillis(500), Duration.ofSeconds(2), Duration.ofSeconds(10)
  };

  /** Given the error, or null when all is well again. */
  interface Health {
    void went(@Nullable String error);
  }

  private final FsmConnection connection;
  private final Duration longestSettle;
  private final FsmClient client;
  private final Health health;
  private final MeterRegistry meters;
  private final CircuitBreaker breaker;
  private final Bucket limiter;
  private final Map<UUID, Instant> taken = new ConcurrentHashMap<>();
  private final Map<String, KnownAsset> assets = new ConcurrentHashMap<>();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final AtomicReference<@Nullable String> trouble = new AtomicReference<>();
  private volatile boolean proved;
  private volatile Instant badWrite = Instant.EPOCH;

  private record KnownAsset(Optional<String> id, Instant until) {}

  FsmLine(
      FsmConnection connection,
      Duration longestSettle,
      FsmClient client,
      MeterRegistry meters,
      Health health) {
    this.meters = meters;
    this.connection = connection;
    this.longestSettle = longestSettle;
    this.client = client;
    this.health = health;
    String name = connection.tenant() + "/" + connection.name();
    this.breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindowSize(10)
                .minimumNumberOfCalls(5)
                .failureRateThreshold(50)
                .waitDurationInOpenState(Duration.ofSeconds(5))
                .permittedNumberOfCallsInHalfOpenState(TRIALS)
                .build());
    double rate = product().limits().perSecond();
    // Less than one a second is one in more than a second.
    Duration period = Duration.ofMillis((long) (rate >= 1 ? 1000 : 1000 / rate));
    long tokens = (long) Math.max(1, rate);
    this.limiter =
        Bucket.builder().addLimit(l -> l.capacity(tokens).refillGreedy(tokens, period)).build();
  }

  FsmConnection connection() {
    return connection;
  }

  FsmProduct product() {
    return client.adapter().product();
  }

  io.caravanhub.core.fsm.FsmAdapter adapter() {
    return client.adapter();
  }

  Optional<FsmProduct.Kind> kind(String kind) {
    return product().kind(kind);
  }

  /** As {@link #settle}, of all its kinds. */
  Duration longestSettle() {
    return product().kinds().keySet().stream()
        .map(this::settle)
        .max(Comparator.naturalOrder())
        .orElse(Duration.ZERO);
  }

  /** How long an order of this kind may take to appear after a create of unknown fate. */
  Duration settle(String kind) {
    Duration own = kind(kind).map(FsmProduct.Kind::settle).orElse(Duration.ZERO);
    return own.compareTo(longestSettle) > 0 ? longestSettle : own;
  }

  /** {@code CLOSED}, {@code OPEN} or {@code HALF_OPEN}. */
  String breaker() {
    return breaker.getState().name();
  }

  /** Whether any call has succeeded since the hub began. */
  boolean proved() {
    return proved;
  }

  @Nullable String trouble() {
    return trouble.get();
  }

  /**
   * How many more actions may be taken out for it now: none while the breaker rests, few when it
   * tries whether all is well again.
   */
  int free() {
    if (!breaker.tryAcquirePermission()) {
      return 0;
    }
    breaker.releasePermission();
    Instant forgotten = Instant.now().minus(FORGOTTEN);
    taken.values().removeIf(since -> since.isBefore(forgotten));
    boolean well = breaker.getState() == CircuitBreaker.State.CLOSED;
    return Math.max(0, (well ? product().limits().atOnce() : TRIALS) - taken.size());
  }

  void take(UUID action) {
    taken.put(action, Instant.now());
  }

  void done(UUID action) {
    taken.remove(action);
  }

  /**
   * Makes a call that reads.
   *
   * @throws io.github.resilience4j.circuitbreaker.CallNotPermittedException while the breaker rests
   */
  FsmAnswer call(FsmCall call, FsmFacts facts) {
    return call(call, facts, false);
  }

  /** Makes a call that makes or changes something; as {@link #call}. */
  FsmAnswer write(FsmCall call, FsmFacts facts) {
    return call(call, facts, true);
  }

  private FsmAnswer call(FsmCall call, FsmFacts facts, boolean writes) {
    breaker.acquirePermission();
    if (!inTurn()) {
      breaker.releasePermission();
      return new FsmAnswer(
          Outcome.BUSY,
          0,
          com.fasterxml.jackson.databind.node.MissingNode.getInstance(),
          "waiting: more calls than the connection takes",
          Duration.ofSeconds(1),
          "",
          Optional.empty());
    }
    FsmAnswer answer;
    Timer.Sample sample = Timer.start();
    try {
      answer = client.send(call, facts);
    } catch (RuntimeException | Error e) {
      breaker.releasePermission();
      throw e;
    }
    sample.stop(
        Timer.builder("hub.fsm.calls")
            .description("Time of calls to FSM products, by what came of them")
            .tag("product", connection.product())
            .tag("outcome", answer.outcome().name().toLowerCase(Locale.ROOT))
            .serviceLevelObjectives(STEPS)
            .register(meters));
    if (answer.isTrouble()) {
      breaker.onError(0, TimeUnit.MILLISECONDS, new IllegalStateException(answer.reason()));
    } else if (writes || breaker.getState() != CircuitBreaker.State.CLOSED) {
      breaker.onSuccess(0, TimeUnit.MILLISECONDS);
    } else {
      // A product that reads well and writes badly is unwell.
      breaker.releasePermission();
    }
    note(answer, writes);
    return answer;
  }

  /** Waits for this call's turn; false when it would not come in a while. */
  private boolean inTurn() {
    try {
      return limiter.asBlocking().tryConsume(1, LONGEST_TURN, BlockingStrategy.PARKING);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The page of an order for people, where the product has one. */
  Optional<String> page(FsmFacts facts) {
    return client.page(facts);
  }

  /** A setting or credential of the connection. */
  @Nullable String setting(String name) {
    return client.setting(name);
  }

  /** A call past breaker and limits, for tests by people. */
  FsmAnswer probe(FsmCall call) {
    return client.send(call, FsmFacts.NONE);
  }

  /** A product that reads well and writes badly is in trouble all the while. */
  private void note(FsmAnswer answer, boolean writes) {
    boolean bad = answer.isTrouble() || answer.outcome() == Outcome.REFUSED;
    if (bad && writes) {
      badWrite = Instant.now();
    } else if (!bad && !writes && badWrite.plus(WRITE_REMEMBERED).isAfter(Instant.now())) {
      return;
    } else if (!bad) {
      badWrite = Instant.EPOCH;
    }
    String before = trouble.getAndSet(bad ? answer.reason() : null);
    if (bad && before == null) {
      LOG.warn("FSM {}: {}", connection.name(), answer.reason());
      health.went(answer.reason());
    } else if (!bad && (before != null || !proved)) {
      proved = true;
      if (before != null) {
        LOG.info("FSM {}: well again", connection.name());
      }
      health.went(null);
    }
  }

  /**
   * A question is refused: for one asset that is the asset's trouble, for several the line's.
   *
   * @return whether it is the asset's alone
   */
  boolean unasked(String asset, String reason) {
    refused.add(asset);
    if (refused.size() == 1) {
      return true;
    }
    badWrite = Instant.now();
    if (trouble.getAndSet(reason) == null) {
      LOG.warn("FSM {}: {}", connection.name(), reason);
      health.went(reason);
    }
    return false;
  }

  /** A question is answered. */
  void asked() {
    refused.clear();
  }

  /** The product's asset behind the hub's; an answer that is no success says why there is none. */
  FsmAnswer asset(FsmCall call, FsmFacts facts, String assetRef) {
    KnownAsset known = assets.get(assetRef);
    if (known == null || known.until().isBefore(Instant.now())) {
      FsmAnswer answer = call(call, facts);
      if (!answer.success()) {
        return answer;
      }
      Optional<String> id = Optional.of(answer.id()).filter(i -> !i.isEmpty());
      // One that is not there may be made any moment.
      Duration lasts = id.isPresent() ? ASSET_KNOWN : Duration.ofSeconds(30);
      if (assets.size() > 10_000) {
        assets.clear();
      }
      known = new KnownAsset(id, Instant.now().plus(lasts));
      assets.put(assetRef, known);
    }
    return new FsmAnswer(
        Outcome.DONE,
        200,
        com.fasterxml.jackson.databind.node.MissingNode.getInstance(),
        "",
        null,
        known.id().orElse(""),
        Optional.empty());
  }
}
