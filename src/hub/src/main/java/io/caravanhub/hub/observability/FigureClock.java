package io.caravanhub.hub.observability;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Has all {@link Figures} looked up every 15 seconds, and less often where that takes long: the
 * pause is at least fifty times the look, so that it costs a fiftieth of one connection at most.
 * Thread-safe.
 */
@Component
public class FigureClock implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(FigureClock.class);
  private static final int PAUSE = 50;

  private final List<Figures> figures;
  private final MeterRegistry meters;
  private final Duration period;
  private final Timer looks;
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
    look();
    long pause = Math.max(period.toNanos(), PAUSE * (System.nanoTime() - began));
    if (!clock.isShutdown()) {
      clock.schedule(this::turn, pause, TimeUnit.NANOSECONDS);
    }
  }

  /** Looks everything up now. */
  public synchronized void look() {
    looks.record(() -> figures.forEach(this::look));
  }

  private void look(Figures one) {
    try {
      one.look();
    } catch (RuntimeException e) {
      failures(one).increment();
      LOG.debug("{} could not be looked up", one.getClass().getSimpleName(), e);
    }
  }

  @Override
  public void destroy() {
    clock.shutdownNow();
  }
}
