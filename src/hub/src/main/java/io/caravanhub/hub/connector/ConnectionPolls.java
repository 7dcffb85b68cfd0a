package io.caravanhub.hub.connector;

import io.caravanhub.hub.connector.Leases.Turn;
import io.caravanhub.hub.database.TenantScope;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Takes the connections that are due and polls them, a bounded number at once and of one cloud no
 * more than half of that; the others stay due for this hub or another. Step of the route {@code
 * connections-poll}. Thread-safe.
 */
@Component("connectionPolls")
public class ConnectionPolls implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionPolls.class);

  private final Leases leases;
  private final ConnectionPoll poll;
  private final CloudBulkheads bulkheads;
  private final Semaphore free;
  private final ThreadPoolExecutor threads;
  private final ReentrantLock looking = new ReentrantLock();
  private final Timer lateness;

  /** Whether more may be due than there was room for. */
  private volatile boolean more;

  ConnectionPolls(
      Leases leases,
      ConnectionPoll poll,
      CloudBulkheads bulkheads,
      MeterRegistry meters,
      @Value("${hub.connections.polls:32}") int most) {
    this.leases = leases;
    this.poll = poll;
    this.bulkheads = bulkheads;
    this.free = new Semaphore(most);
    this.lateness =
        Timer.builder("hub.polls.late")
            .description("From the time a poll was due to its beginning")
            .publishPercentiles(0.5, 0.99)
            .register(meters);
    this.threads =
        new ThreadPoolExecutor(
            most,
            most,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(most),
            task -> {
              Thread thread = new Thread(task, "connection-poll");
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
  }

  /** Begins the polls that are due; does not wait for them. */
  public void look() {
    // Whoever looks at this moment looks for all; another second is another look.
    if (!looking.tryLock()) {
      return;
    }
    int room = free.drainPermits();
    int begun = 0;
    try {
      if (room > 0) {
        List<Turn> turns = leases.claim(room, bulkheads.running(), bulkheads.most());
        for (Turn turn : turns) {
          bulkheads.enter(turn.oem());
          lateness.record(Duration.between(turn.due(), Instant.now()));
          threads.execute(() -> run(turn));
          begun++;
        }
      }
      more = begun == room;
    } finally {
      free.release(room - begun);
      looking.unlock();
    }
  }

  private void run(Turn turn) {
    try {
      TenantScope.run(turn.lease().tenant(), () -> poll.run(turn.lease()));
    } catch (LeaseLostException e) {
      LOG.warn("connection {}: {}", turn.lease().connection(), e.getMessage());
    } catch (RuntimeException e) {
      // The lease runs out by itself; the database is away, or the hub is being stopped.
      LOG.warn(
          "connection {}: the poll could not be noted: {}",
          turn.lease().connection(),
          e.toString());
    } finally {
      bulkheads.leave(turn.oem());
      free.release();
    }
    lookOn();
  }

  /** While polls wait for room, the next begins when one has ended and not at the next look. */
  private void lookOn() {
    if (more) {
      try {
        look();
      } catch (RuntimeException e) {
        LOG.debug("the clock looks again: {}", e.toString());
      }
    }
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
