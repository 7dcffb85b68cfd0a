package io.caravanhub.hub.observability;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Has all {@link Figures} looked up every 15 seconds, and less often where that takes long: the
 * pause is at least fifty times the look, so that it costs a fiftieth of one connection at most.
 * What failed is looked up again within a minute. Thread-safe.
 */
@Component
public class FigureClock implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(FigureClock.class);
  private static final int PAUSE = 50;

  /** After a failure, however long it took to fail. */
  private static final Duration LONGEST_RETRY = Duration.ofMinutes(1);

  private final List<Figures> figures;
  private final MeterRegistry meters;
  private final Duration period;
  private final Timer looks;
  private final Set<Figures> failing = new HashSet<>();
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "figures");
            thread.setDaemon(true);
            return thread;
          });

  FigureClock(
      List<Figures> figures,
      MeterRegistry meters,
      @Value("${hub.metrics.period:PT15S}") Duration period) {
    this.figures = figures;
    this.meters = meters;
    this.period = period;
    this.looks =
        Timer.builder("hub.metrics.look")
            .description("Time that looking up the figures took")
            .register(meters);
    figures.forEach(this::failures);
  }

  private Counter failures(Figures one) {
    return meters.counter("hub.metrics.failures", "figures", one.getClass().getSimpleName());
  }

  /** Begins once everything is there. */
  @EventListener
  void ready(ApplicationReadyEvent event) {
    clock.execute(this::turn);
  }

  private void turn() {
    long began = System.nanoTime();
    boolean well = look();
    long pause = PAUSE * (System.nanoTime() - began);
    if (!well) {
      pause = Math.min(pause, LONGEST_RETRY.toNanos());
    }
    pause = Math.max(period.toNanos(), pause);
    if (!clock.isShutdown()) {
      clock.schedule(this::turn, pause, TimeUnit.NANOSECONDS);
    }
  }

  /**
   * Looks everything up now.
   *
   * @return whether all of it could be
   */
  public synchronized boolean look() {
    looks.record(() -> figures.forEach(this::look));
    return failing.isEmpty();
  }

  private void look(Figures one) {
    try {
      one.look();
      if (failing.remove(one)) {
        LOG.info("{} can be looked up again", one.getClass().getSimpleName());
      }
    } catch (RuntimeException e) {
      failures(one).increment();
      LOG.atLevel(failing.add(one) ? Level.WARN : Level.DEBUG)
          .log(
              "{} could not be looked up, its metrics stay as they were: {}",
              one.getClass().getSimpleName(),
              e.getMessage());
    }
  }

  @Override
  public void destroy() {
    clock.shutdownNow();
  }
}
