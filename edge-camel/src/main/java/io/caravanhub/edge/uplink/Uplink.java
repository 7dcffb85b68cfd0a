package io.caravanhub.edge.uplink;

import io.caravanhub.core.fieldbus.BackOff;
import io.caravanhub.edge.spool.Spool;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway's way to its hub. Connects, measures the clock, sends what the spool holds and the
 * health message; a connection that fails or says nothing for too long is given up and the next one
 * made after a pause. HTTPS is taken while MQTT cannot connect, and left when it can.
 *
 * <p>Order: within a lane the records of a device go out in the order of their numbers, and a later
 * one only after the hub has answered for the earlier; see {@link Lanes}. Thread-safe; works on one
 * thread of its own.
 */
public final class Uplink implements HubChannels, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Uplink.class);
  private static final int CLOCK_TRIES = 2;

  private final HubSettings settings;
  private final Spool spool;
  private final UplinkTimes times;
  private final @Nullable SSLContext tls;
  private final ScheduledExecutorService loop;
  private final BackOff backOff;
  private final SentCounts counts = new SentCounts();
  private final Sender sender;
  private final Health health;
  private final Map<String, Consumer<byte[]>> listeners = new ConcurrentHashMap<>();
  private final AtomicBoolean pumping = new AtomicBoolean();
  private volatile @Nullable HubWay way;
  private volatile boolean ready;
  private @Nullable HubWay trying;
  private int mqttFailures;
  private int failures;
  private boolean closed;

  /**
   * An uplink that is not started yet.
   *
   * @param parts what is asked for the health message
   * @throws IllegalArgumentException names the setting that is wrong
   */
  public Uplink(HubSettings settings, Spool spool, Supplier<Collection<HealthPart>> parts) {
    this(settings, spool, parts, UplinkTimes.DEFAULT);
  }

  Uplink(
      HubSettings settings,
      Spool spool,
      Supplier<Collection<HealthPart>> parts,
      UplinkTimes times) {
    this.settings = settings;
    this.spool = spool;
    this.times = times;
    this.tls = settings.api() == null ? null : HubTrust.context(settings);
    HubTrust.trust(settings);
    HubTrust.identity(settings);
    this.loop = Executors.newSingleThreadScheduledExecutor(task -> new Thread(task, "uplink"));
    this.backOff = new BackOff(times.shortestBackOff(), times.longestBackOff());
    this.health = new Health(parts);
    this.sender =
        new Sender(spool, settings.backfillShare(), times, loop, counts, this::failedCurrent);
  }

  /** Begins to connect. */
  public void start() {
    spool.onCommit(this::pumpSoon);
    spool.clock().onJump(() -> run(this::measureAgain));
    run(this::connect);
    every(times.clockEvery().toMillis(), this::measureAgain);
    every(times.healthEvery().toMillis(), this::sendHealth);
    every(times.mqttAgain().toMillis(), this::lookForMqtt);
    every(1000, () -> spool.clock().look());
  }

  private void every(long millis, Runnable task) {
    var unused =
        loop.scheduleWithFixedDelay(
            () -> {
              try {
                task.run();
              } catch (RuntimeException e) {
                // A task that throws would not be run again.
                LOG.error("The uplink failed at something it does now and then", e);
              }
            },
            millis,
            millis,
            TimeUnit.MILLISECONDS);
  }

  private void run(Runnable task) {
    try {
      loop.execute(
          () -> {
            try {
              task.run();
            } catch (RuntimeException e) {
              LOG.error("The uplink failed", e);
              failedCurrent(e);
            }
          });
    } catch (RejectedExecutionException stopped) {
      LOG.debug("stopped");
    }
  }

  private void pumpSoon() {
    if (ready && pumping.compareAndSet(false, true)) {
      run(
          () -> {
            pumping.set(false);
            sender.pump();
          });
    }
  }

  private void connect() {
    if (closed) {
      return;
    }
    attempt(usesHttps() ? https() : mqtt());
  }

  /** Over and over MQTT has failed: both ways in turn. */
  private boolean usesHttps() {
    return switch (settings.https()) {
      case ONLY -> true;
      case NEVER -> false;
      case AUTO ->
          settings.api() != null
              && (settings.mqtt() == null
                  || mqttFailures >= times.mqttTries()
                      && (mqttFailures - times.mqttTries()) % 2 == 0);
    };
  }

  private HubWay mqtt() {
    HubWay[] made = new HubWay[1];
    made[0] = new MqttWay(settings, times, listeners, cause -> run(() -> failed(made[0], cause)));
    return made[0];
  }

  private HubWay https() {
    return new HttpsWay(settings, times, java.util.Objects.requireNonNull(tls));
  }

  private void attempt(HubWay next) {
    trying = next;
    var unused =
        next.connect()
            .orTimeout(times.answer().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete(
                (connected, failure) ->
                    run(
                        () -> {
                          if (failure != null) {
                            failed(next, failure);
                          } else {
                            connected(next);
                          }
                        }));
  }

  private void connected(HubWay next) {
    if (trying != next || closed) {
      next.close();
      return;
    }
    trying = null;
    HubWay before = way;
    if (before != null) {
      sender.end();
      before.close();
    }
    way = next;
    ready = false;
    counts.connections.incrementAndGet();
    LOG.info("Connected to the hub over {}", next.name());
    measure(next, 1);
  }

  /** The clock first: what is sent carries the hub's time. */
  private void measure(HubWay over, int attempt) {
    var unused =
        new ClockProbe(over, times, spool.clock(), loop)
            .run()
            .whenComplete(
                (measured, failure) ->
                    run(
                        () -> {
                          if (over != way || ready) {
                            return;
                          }
                          if (failure == null) {
                            failures = 0;
                            mqttFailures = over.name().equals("mqtt") ? 0 : mqttFailures;
                            LOG.info(
                                "The hub's clock is {} ms ahead of ours", spool.clock().offset());
                          } else if (attempt < CLOCK_TRIES) {
                            measure(over, attempt + 1);
                            return;
                          } else {
                            LOG.warn(
                                "The hub does not tell its time, timestamps stay as they are: {}",
                                message(failure));
                          }
                          ready = true;
                          sender.begin(over);
                          sendHealth();
                        }));
  }

  private void measureAgain() {
    HubWay over = way;
    if (over != null && ready) {
      var unused =
          new ClockProbe(over, times, spool.clock(), loop)
              .run()
              .exceptionally(
                  failure -> {
                    LOG.debug("clock: {}", message(failure));
                    return null;
                  });
    }
  }

  private void failedCurrent(Throwable failure) {
    HubWay over = way;
    if (over != null) {
      failed(over, failure);
    }
  }

  private void failed(HubWay over, Throwable failure) {
    boolean current = over == way;
    if (!current && over != trying) {
      return;
    }
    over.close();
    counts.failed(message(failure));
    if (over.name().equals("mqtt") && !(current && ready) || mqttFailures >= times.mqttTries()) {
      mqttFailures++;
    }
    if (over == trying) {
      trying = null;
      if (way != null) {
        // Only a look whether MQTT works again.
        return;
      }
    } else {
      way = null;
      ready = false;
      sender.end();
    }
    if (failures++ == 0) {
      LOG.warn("No connection to the hub over {}: {}", over.name(), message(failure));
    }
    if (!closed) {
      var unused =
          loop.schedule(
              () -> run(this::connect), backOff.after(failures).toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void lookForMqtt() {
    HubWay over = way;
    if (over != null
        && over.name().equals("https")
        && settings.https() == HubSettings.Https.AUTO
        && settings.mqtt() != null
        && trying == null) {
      attempt(mqtt());
    }
  }

  private void sendHealth() {
    HubWay over = way;
    if (over != null && ready) {
      var unused =
          over.send("health", health.message())
              .orTimeout(times.answer().toMillis(), TimeUnit.MILLISECONDS)
              .exceptionally(
                  failure -> {
                    LOG.debug("health: {}", message(failure));
                    return null;
                  });
    }
  }

  private static String message(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    String said = cause.getMessage();
    return said == null ? cause.getClass().getSimpleName() : said;
  }

  @Override
  public void listen(String channel, Consumer<byte[]> taker) {
    listeners.put(channel, taker);
    if (way instanceof MqttWay mqtt) {
      var unused =
          mqtt.subscribe(channel, taker)
              .exceptionally(
                  refused -> {
                    LOG.warn("The hub refuses channel {}: {}", channel, message(refused));
                    return null;
                  });
    }
  }

  @Override
  public CompletableFuture<Void> send(String channel, byte[] body) {
    HubWay over = way;
    return over == null
        ? CompletableFuture.failedFuture(new IllegalStateException("no connection to the hub"))
        : over.send(channel, body).orTimeout(times.answer().toMillis(), TimeUnit.MILLISECONDS);
  }

  /** {@code mqtt}, {@code https} or {@code none}. */
  public String way() {
    HubWay over = way;
    return over == null || !ready ? "none" : over.name();
  }

  /** What the uplink itself has to say in the health message. */
  public List<HealthPart> parts() {
    return List.of(new UplinkPart(this, counts));
  }

  /** Ends the connection; what is out stays in the spool. */
  @Override
  public void close() {
    run(
        () -> {
          closed = true;
          sender.end();
          HubWay over = way;
          way = null;
          if (over != null) {
            over.close();
          }
          if (trying != null) {
            trying.close();
          }
        });
    loop.shutdown();
    try {
      if (!loop.awaitTermination(5, TimeUnit.SECONDS)) {
        loop.shutdownNow();
      }
    } catch (InterruptedException e) {
      loop.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
