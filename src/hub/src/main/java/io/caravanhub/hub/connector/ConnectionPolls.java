package io.caravanhub.hub.connector;

import io.caravanhub.hub.connector.Leases.Lease;
import io.caravanhub.hub.database.TenantScope;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Takes the connections that are due and polls them, a bounded number at once; the others stay due
 * for this hub or another. Step of the route {@code connections-poll}. Thread-safe.
 */
@Component("connectionPolls")
public class ConnectionPolls implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectionPolls.class);

  private final Leases leases;
  private final ConnectionPoll poll;
  private final Semaphore free;
  private final ThreadPoolExecutor threads;

  ConnectionPolls(
      Leases leases, ConnectionPoll poll, @Value("${hub.connections.polls:16}") int most) {
    this.leases = leases;
    this.poll = poll;
    this.free = new Semaphore(most);
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
    int room = free.drainPermits();
    int begun = 0;
    try {
      if (room > 0) {
        for (Lease lease : leases.claim(room)) {
          threads.execute(() -> run(lease));
          begun++;
        }
      }
    } finally {
      free.release(room - begun);
    }
  }

  private void run(Lease lease) {
    try {
      TenantScope.run(lease.tenant(), () -> poll.run(lease));
    } catch (LeaseLostException e) {
      LOG.warn("connection {}: {}", lease.connection(), e.getMessage());
    } catch (RuntimeException e) {
      // The lease runs out by itself; the database is away, or the hub is being stopped.
      LOG.warn("connection {}: the poll could not be noted: {}", lease.connection(), e.toString());
    } finally {
      free.release();
    }
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
