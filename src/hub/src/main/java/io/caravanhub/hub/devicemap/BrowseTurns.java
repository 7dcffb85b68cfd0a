package io.caravanhub.hub.devicemap;

import io.caravanhub.hub.api.CallerContext;
import io.caravanhub.hub.api.ProblemException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Lets devices be asked within bounds: one at a time for a tenant, four altogether, each for 20 s
 * at most. Thread-safe.
 */
@Component
class BrowseTurns implements DisposableBean {
  private static final Duration DEADLINE = Duration.ofSeconds(20);
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final int MOST = 4;

  private final Set<String> tenants = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          0,
          MOST,
          30,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread thread = new Thread(task, "tag-browse");
            thread.setDaemon(true);
            return thread;
          });

  /** The device could not be asked; the message says why. */
  static final class FailedException extends Exception {
    private static final long serialVersionUID = 1L;

    FailedException(String reason) {
      super(reason);
    }
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws FailedException when there is none
   * @throws ProblemException when the tenant asks a device already, or too many do
   */
  <T> T take(Callable<T> question) throws FailedException {
    String tenant = CallerContext.current().tenant();
    if (!tenants.add(tenant)) {
      throw ProblemException.tooMany("a device is being asked already; wait for its answer", SOON);
    }
    try {
      Future<T> answer = threads.submit(question);
      try {
        return answer.get(DEADLINE.toSeconds(), TimeUnit.SECONDS);
      } finally {
        answer.cancel(true);
      }
    } catch (RejectedExecutionException e) {
      throw ProblemException.notNow(MOST + " devices are being asked already", SOON);
    } catch (TimeoutException e) {
      throw new FailedException("no answer within " + DEADLINE.toSeconds() + " s");
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new FailedException(cause.getMessage() == null ? cause.toString() : cause.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new FailedException("interrupted");
    } finally {
      tenants.remove(tenant);
    }
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
