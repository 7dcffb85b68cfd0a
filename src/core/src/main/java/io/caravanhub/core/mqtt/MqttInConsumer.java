package io.caravanhub.core.mqtt;

import com.hivemq.client.mqtt.mqtt5.message.publish.Mqtt5Publish;
import io.caravanhub.core.telemetry.SeldomLog;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Suspendable;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns each message into an exchange and acknowledges it when that is done. A failed one is kept
 * in hand and tried again, and what comes after it in its topic waits behind it; when the
 * connection ends, what is in hand is dropped, because the broker delivers everything
 * unacknowledged anew. Connects again by itself; under a lease only while that is held.
 */
public class MqttInConsumer extends DefaultConsumer implements Suspendable {
  private static final Logger LOG = LoggerFactory.getLogger(MqttInConsumer.class);

  /** How soon a lease that has run out is noticed; a tenth of its term is left then. */
  private static final long LOOK_MILLIS = 100;

  /** As many packet identifiers as there are. */
  private static final int IN_FLIGHT_MAX = 65_535;

  private static final long PAUSE_MILLIS = 500;
  private static final long PAUSE_MAX_MILLIS = 10_000;

  /** A connection that held so long was a good one. */
  private static final Duration GOOD = Duration.ofSeconds(30);

  /** Whoever else has the same id by mistake is not to be fought with. */
  private static final long TAKEN_OVER_MILLIS = 2_000;

  private static final long TAKEN_OVER_MAX_MILLIS = 60_000;
  private static final Duration PEACE = Duration.ofMinutes(5);

  private final MqttInEndpoint endpoint;
  private volatile @Nullable BrokerLease lease;
  private final Runnable gained = this::lookNow;
  private final SeldomLog heldBack = new SeldomLog(LOG);
  private volatile @Nullable BrokerConnection connection;
  private volatile boolean taking;
  private volatile @Nullable ScheduledExecutorService thread;
  private final AtomicInteger inHand = new AtomicInteger();

  private final Object wanting = new Object();
  private boolean wants;

  // Of the thread alone.
  private int inFlight;
  private long pauseMillis;
  private long takenOverMillis = TAKEN_OVER_MILLIS;
  private long notBefore;

  public MqttInConsumer(MqttInEndpoint endpoint, Processor processor) {
    super(endpoint, processor);
    this.endpoint = endpoint;
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    ((MqttInComponent) endpoint.getComponent()).started(endpoint);
    ScheduledExecutorService executor =
        getEndpoint()
            .getCamelContext()
            .getExecutorServiceManager()
            .newSingleThreadScheduledExecutor(this, "mqtt-in");
    thread = executor;
    notBefore = System.nanoTime();
    pauseMillis = PAUSE_MILLIS;
    inFlight = endpoint.getInFlight();
    BrokerLeases leases = endpoint.getLeases();
    lease = leases == null ? null : leases.of(endpoint.getBrokerUrl());
    want();
    var unused = executor.scheduleWithFixedDelay(this::look, 0, LOOK_MILLIS, TimeUnit.MILLISECONDS);
  }

  /**
   * What is under way goes on and is acknowledged; what comes now is left to the broker. Once
   * nothing is under way here another process may take it, whatever this one has in hand besides.
   */
  @Override
  protected void doSuspend() throws Exception {
    taking = false;
    super.doSuspend();
    lookNow();
  }

  @Override
  protected void doResume() throws Exception {
    super.doResume();
    // What came meanwhile is not in hand: the next connection gets it again.
    drop();
    want();
    lookNow();
  }

  @Override
  protected void doStop() throws Exception {
    taking = false;
    ScheduledExecutorService executor = thread;
    if (executor != null) {
      thread = null;
      getEndpoint().getCamelContext().getExecutorServiceManager().shutdownNow(executor);
      drop();
      ((MqttInComponent) endpoint.getComponent()).stopped(endpoint);
      leave();
    }
    super.doStop();
  }

  private void want() {
    synchronized (wanting) {
      BrokerLease mine = lease;
      if (mine != null && !wants) {
        mine.want(gained);
      }
      wants = true;
      taking = true;
    }
  }

  private void leave() {
    synchronized (wanting) {
      BrokerLease mine = lease;
      if (mine != null && wants) {
        mine.leave(gained);
      }
      wants = false;
    }
  }

  private void leaveWhenNothingIsInHand() {
    synchronized (wanting) {
      if (wants && !taking && inHand.get() == 0) {
        drop();
        leave();
      }
    }
  }

  private void drop() {
    BrokerConnection old = connection;
    connection = null;
    if (old != null) {
      old.drop();
    }
  }

  private void lookNow() {
    ScheduledExecutorService executor = thread;
    if (executor != null) {
      try {
        executor.execute(this::look);
      } catch (RejectedExecutionException e) {
        LOG.debug("Stops: {}", e.getMessage());
      }
    }
  }

  private boolean isMine() {
    BrokerLease wanted = lease;
    return wanted == null || wanted.isHeld();
  }

  /**
   * Whether a message may be taken or acknowledged. When the lease is away for a moment only, this
   * connection would wait for ever: the broker gives what is left to it to another one only.
   */
  private boolean isMine(BrokerConnection over) {
    boolean mine = isMine();
    if (!mine) {
      over.drop();
    }
    return mine;
  }

  private void look() {
    try {
      BrokerConnection now = connection;
      if (now != null && now.isOver()) {
        ended(now);
      } else if (now != null && !isMine()) {
        LOG.info("Another hub takes the messages of {} now", endpoint.getBrokerUrl());
        drop();
      }
      leaveWhenNothingIsInHand();
      if (connection == null && taking && isMine() && System.nanoTime() - notBefore >= 0) {
        connection = connect(new HeldBack());
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      LOG.warn("No connection to {}: {}", endpoint.getBrokerUrl(), e.getMessage());
      rest();
    }
  }

  private BrokerConnection connect(HeldBack waiting) throws IOException, GeneralSecurityException {
    BrokerLease wanted = lease;
    String id = wanted == null ? endpoint.ownId() : wanted.clientId();
    return new BrokerConnection(
        endpoint,
        id + "-" + getRouteId(),
        inFlight,
        (over, publish) -> {
          HeldBack.Message message = waiting.comes(publish);
          if (message != null) {
            run(message, over, waiting);
          }
        },
        this::lookNow);
  }

  private void ended(BrokerConnection old) {
    connection = null;
    if (old.wasTakenOver()) {
      takenOver(old.ageNanos() > PEACE.toNanos());
      return;
    }
    if (old.wasFlooded()) {
      // Mosquitto 2.0.11 does so, and would begin with as many each time.
      inFlight = Math.min(IN_FLIGHT_MAX, inFlight * 2);
      LOG.warn(
          "{} sends more at once than it was told, and is told {} now",
          endpoint.getBrokerUrl(),
          inFlight);
    }
    if (old.ageNanos() > GOOD.toNanos()) {
      pauseMillis = PAUSE_MILLIS;
    }
    Throwable cause = old.cause();
    if (cause == null) {
      // Dropped here, for the lease was away.
      if (!isMine()) {
        LOG.info("Another hub takes the messages of {} now", endpoint.getBrokerUrl());
      }
      return;
    }
    if (pauseMillis == PAUSE_MILLIS) {
      LOG.warn("No connection to {}: {}", endpoint.getBrokerUrl(), cause.getMessage());
    }
    rest();
  }

  private void takenOver(boolean afterPeace) {
    BrokerLease wanted = lease;
    if (wanted != null) {
      wanted.takenOver();
    }
    if (!isMine()) {
      LOG.info("Another hub takes the messages of {} now", endpoint.getBrokerUrl());
      return;
    }
    takenOverMillis =
        afterPeace ? TAKEN_OVER_MILLIS : Math.min(TAKEN_OVER_MAX_MILLIS, takenOverMillis * 2);
    LOG.warn(
        "{} has given the session of {} to another client of the same id: is there a hub on a copy"
            + " of this database, or one that knows the broker by another address? Tried again in"
            + " {} s",
        endpoint.getBrokerUrl(),
        getRouteId(),
        takenOverMillis / 1_000);
    notBefore = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(takenOverMillis);
  }

  private void rest() {
    notBefore = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(pauseMillis);
    pauseMillis = Math.min(PAUSE_MAX_MILLIS, pauseMillis * 2);
  }

  private void run(HeldBack.Message message, BrokerConnection over, HeldBack waiting) {
    // First: whoever sees none in hand after the taking has ended sees none that begins later.
    inHand.incrementAndGet();
    if (over.isOver() || !taking || !isMine(over)) {
      inHand.decrementAndGet();
      return;
    }
    Mqtt5Publish publish = message.publish();
    Exchange exchange = createExchange(false);
    exchange.getMessage().setBody(publish.getPayloadAsBytes());
    exchange.getMessage().setHeader(MqttInConstants.TOPIC, publish.getTopic().toString());
    getAsyncProcessor()
        .process(
            exchange,
            sync -> {
              try {
                Exception failure = exchange.getException();
                releaseExchange(exchange, false);
                if (failure != null) {
                  failed(message, over, waiting, failure);
                } else if (isMine(over)) {
                  over.acknowledge(publish);
                }
              } finally {
                inHand.decrementAndGet();
              }
            });
  }

  private void failed(
      HeldBack.Message message, BrokerConnection over, HeldBack waiting, Exception failure) {
    heldBack.warn("Messages are held back and tried again: {}", failure.getMessage());
    if (waiting.failed(message)) {
      later(message.topic(), over, waiting);
    }
  }

  private void later(String topic, BrokerConnection over, HeldBack waiting) {
    ScheduledExecutorService executor = thread;
    if (executor == null) {
      return;
    }
    try {
      var unused =
          executor.schedule(
              () -> again(topic, over, waiting), endpoint.getRetryMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("Left to the broker: {}", e.getMessage());
    }
  }

  private void again(String topic, BrokerConnection over, HeldBack waiting) {
    if (over.isOver()) {
      return;
    }
    for (HeldBack.Message message : waiting.take(topic)) {
      if (!waiting.isBehind(message)) {
        run(message, over, waiting);
      }
    }
    if (waiting.waits(topic)) {
      later(topic, over, waiting);
    }
  }

  /** Whether messages can be taken from the broker now. */
  public boolean isConnected() {
    BrokerConnection now = connection;
    return now != null && now.isOpen();
  }
}
