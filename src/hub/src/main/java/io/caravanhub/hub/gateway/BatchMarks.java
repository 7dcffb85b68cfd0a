package io.caravanhub.hub.gateway;

import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.database.TenantScope;
import io.caravanhub.hub.deadletter.DeadLetters;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The last step of a batch, once its rows are committed: its events are recorded, then its letters
 * and its sequence numbers, in one transaction with those of the batches beside it. Thread-safe.
 */
@Component("gatewayBatchMarks")
public class BatchMarks extends AsyncProcessorSupport implements DisposableBean {
  private static final Logger LOG = LoggerFactory.getLogger(BatchMarks.class);
  private static final int TOGETHER = 100;

  private record Job(GatewayBatch batch, Exchange exchange, AsyncCallback callback) {}

  private final BlockingQueue<Job> queue = new LinkedBlockingQueue<>();
  private final Sequences sequences;
  private final DeadLetters letters;
  private final GatewayEvents events;
  private final TransactionTemplate transaction;
  private final Thread thread;
  private volatile boolean closed;

  BatchMarks(
      Sequences sequences,
      DeadLetters letters,
      GatewayEvents events,
      PlatformTransactionManager transactions) {
    this.sequences = sequences;
    this.letters = letters;
    this.events = events;
    this.transaction = new TransactionTemplate(transactions);
    this.thread = new Thread(this::work, "gateway-batch-marks");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    GatewayBatch batch = exchange.getProperty(GatewayBatch.PROPERTY, GatewayBatch.class);
    if (batch == null) {
      callback.done(true);
      return true;
    }
    batch.rawDone.whenComplete(
        (done, failure) -> {
          if (failure != null) {
            fail(new Job(batch, exchange, callback), unwrapped(failure));
          } else {
            queue.add(new Job(batch, exchange, callback));
          }
        });
    return false;
  }

  private void work() {
    List<Job> jobs = new ArrayList<>();
    while (!closed) {
      try {
        jobs.clear();
        jobs.add(queue.take());
        queue.drainTo(jobs, TOGETHER);
        keep(jobs);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (RuntimeException | Error e) {
        LOG.error("Batches of gateways could not be marked in an unexpected way", e);
        jobs.forEach(job -> fail(job, e));
      }
    }
  }

  private void keep(List<Job> jobs) {
    Map<String, List<Job>> byTenant = new LinkedHashMap<>();
    for (Job job : jobs) {
      try {
        record(job.batch);
        byTenant.computeIfAbsent(job.batch.gateway.tenant(), t -> new ArrayList<>()).add(job);
      } catch (RuntimeException e) {
        fail(job, e);
      }
    }
    byTenant.forEach(
        (tenant, its) -> {
          RuntimeException failure = mark(tenant, its);
          if (failure == null) {
            its.forEach(job -> job.callback.done(false));
          } else if (its.size() == 1) {
            fail(its.get(0), failure);
          } else {
            // One batch must not hold up those beside it.
            its.forEach(
                job -> {
                  RuntimeException own = mark(tenant, List.of(job));
                  if (own == null) {
                    job.callback.done(false);
                  } else {
                    fail(job, own);
                  }
                });
          }
        });
  }

  private void record(GatewayBatch batch) {
    for (BatchEvent event : batch.events) {
      try {
        events.record(batch.gateway, event);
      } catch (UnusableMessageException e) {
        batch.refuse(event.named(), GatewayBatch.EVENT, e.field(), e.reason(), event.payload());
      } catch (DataIntegrityViolationException e) {
        // No repetition would make the database take it, and the records beside it would wait.
        LOG.warn("{}: an event the database refuses is a dead letter", batch.gateway.serial(), e);
        batch.refuse(
            event.named(),
            GatewayBatch.EVENT,
            "body",
            "refused by the database: " + e.getMostSpecificCause().getMessage(),
            event.payload());
      }
    }
  }

  private @Nullable RuntimeException mark(String tenant, List<Job> jobs) {
    try {
      TenantScope.run(
          tenant, () -> transaction.executeWithoutResult(status -> jobs.forEach(this::mark)));
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }

  private void mark(Job job) {
    GatewayBatch batch = job.batch;
    for (BatchLetter letter : batch.letters) {
      letters.keep(
          batch.gateway.tenant(),
          letter.device(),
          letter.source(),
          letter.field(),
          letter.reason(),
          letter.payload(),
          letter.headers());
    }
    sequences.mark(batch.gateway.id(), batch.epoch, batch.fresh, batch.floor());
  }

  private static void fail(Job job, Throwable failure) {
    job.exchange.setException(failure);
    job.callback.done(false);
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  @Override
  public void destroy() {
    closed = true;
    thread.interrupt();
  }
}
