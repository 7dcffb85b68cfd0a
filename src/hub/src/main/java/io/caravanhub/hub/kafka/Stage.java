package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.core.telemetry.UnusableMessageException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spi.ReactiveExecutor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A channel inside the hub that a consumer's records go into, and the dead letters beside it. */
final class Stage {
  private static final Logger LOG = LoggerFactory.getLogger(Stage.class);
  private static final long[] PAUSES_MILLIS = {100, 300};
  private static final String LETTERS = "direct:dead-letter.keep";

  /** Longer than anything behind the channel is patient. */
  private static final long PATIENCE_SECONDS = 240;

  /** How soon it is noticed that nobody is to wait any more. */
  private static final long LOOK_MILLIS = 250;

  private final String channel;
  private final Supplier<@Nullable String> leave;
  private volatile @Nullable AsyncProducer producer;
  private volatile @Nullable AsyncProducer letters;

  Stage(String channel) {
    this(channel, () -> null);
  }

  /**
   * One whose end is not waited for any more when something says why not.
   *
   * @param leave the reason, or null
   */
  Stage(String channel, Supplier<@Nullable String> leave) {
    this.channel = channel;
    this.leave = leave;
  }

  /** Sends without waiting; completes with the exchange, failed or not. */
  CompletableFuture<Exchange> send(Exchange exchange) throws Exception {
    AsyncProducer open = producer;
    if (open == null) {
      open = producer(exchange.getContext(), channel);
      producer = open;
    }
    return send(open, exchange);
  }

  /**
   * Sends and waits for the end.
   *
   * @throws StoreBusyException with what went wrong
   */
  void sendAndWait(Exchange exchange) {
    Exception failure;
    try {
      failure = failure(send(exchange));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure = e;
    } catch (Exception e) {
      failure = e;
    }
    if (failure != null) {
      throw new StoreBusyException(channel + ": " + failure.getMessage(), failure);
    }
  }

  /** Keeps a dead letter before it returns. */
  void keep(Exchange record, Exception cause) throws Exception {
    AsyncProducer open = letters;
    if (open == null) {
      open = producer(record.getContext(), LETTERS);
      letters = open;
    }
    Exception failure = failure(send(open, StageRecord.letter(record, cause)));
    if (failure != null) {
      throw failure;
    }
  }

  /**
   * What an exchange that was sent has failed with, or null; waits for its end, unless it is not to
   * be waited for.
   */
  @Nullable Exception failure(CompletableFuture<Exchange> sent)
      throws InterruptedException, ExecutionException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!sent.isDone()) {
      String reason = leave.get();
      if (reason != null) {
        return new StoreBusyException(reason);
      }
      if (System.nanoTime() - end > 0) {
        return new StoreBusyException("no answer within " + PATIENCE_SECONDS + " s");
      }
      try {
        sent.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        continue;
      }
    }
    return sent.get().getException();
  }

  /**
   * Tries a record again that failed alone and in a way the hub did not expect, a few times: a
   * record must not hold up those behind it for ever.
   *
   * @param attempt sends it and waits; returns its failure
   * @return null when it went through in the end; otherwise {@link Blame} finds the record or the
   *     circumstances at fault
   */
  static @Nullable Exception again(Exception failure, Callable<@Nullable Exception> attempt)
      throws Exception {
    Exception last = failure;
    for (long pause : PAUSES_MILLIS) {
      Thread.sleep(pause);
      Exception next = attempt.call();
      if (next == null || Blame.of(next) != Blame.UNKNOWN) {
        return next;
      }
      last = next;
    }
    LOG.warn("The hub fails with a record, which becomes a dead letter", last);
    return new UnusableMessageException("body", "the hub fails with it: " + last);
  }

  private static CompletableFuture<Exchange> send(AsyncProducer producer, Exchange exchange) {
    CompletableFuture<Exchange> done = new CompletableFuture<>();
    producer.process(exchange, sync -> done.complete(exchange));
    // On a thread that runs a route, Camel has only put the steps in line: until they are run, the
    // next record's would go before them, and whoever waits for the end would wait for ever.
    ReactiveExecutor steps = exchange.getContext().getCamelContextExtension().getReactiveExecutor();
    while (steps.executeFromQueue()) {
      continue;
    }
    return done;
  }

  private static synchronized AsyncProducer producer(CamelContext camel, String uri)
      throws Exception {
    AsyncProducer producer = camel.getEndpoint(uri).createAsyncProducer();
    producer.start();
    return producer;
  }
}
