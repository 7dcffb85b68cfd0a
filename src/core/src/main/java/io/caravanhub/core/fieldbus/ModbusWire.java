package io.caravanhub.core.fieldbus;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Requests and answers over a line, one request out at a time. A time-out, a CRC error or anything
 * that is not the answer closes the line, for nobody can tell any more what the next bytes belong
 * to. The next request opens it again, where the line is one that several devices share. Safe for
 * many threads; never blocks.
 */
final class ModbusWire {
  private static final int PATIENCE = 8;

  private final ModbusLine.Opener opener;
  private final ModbusFraming framing;
  private final Duration timeout;
  private final Duration silence;
  private final ScheduledExecutorService clock;
  private final Deque<Request> queue = new ArrayDeque<>();
  private @Nullable Request out;
  private @Nullable ModbusLine line;
  private boolean opening;
  private boolean pausing;
  private boolean closed;
  private boolean watched;
  private long deadline;
  private long quietUntil = System.nanoTime();
  private int generation;
  private int openings;

  private final Set<Integer> silent = new HashSet<>();
  private int turns;

  /**
   * @param wanted whether anybody still waits for the answer
   */
  private record Request(
      int unit, byte[] pdu, BooleanSupplier wanted, CompletableFuture<byte[]> answer) {}

  /**
   * @param silence pause between an answer and the next request
   */
  ModbusWire(
      ModbusLine.Opener opener,
      ModbusFraming framing,
      Duration timeout,
      Duration silence,
      ScheduledExecutorService clock) {
    this.opener = opener;
    this.framing = framing;
    this.timeout = timeout;
    this.silence = silence;
    this.clock = clock;
  }

  /**
   * Asks a unit. Fails with {@link ModbusRefusal} when it refused, and otherwise when the line is
   * of no use any more.
   *
   * @param wanted whether anybody still waits for the answer; if not, it is not asked any more
   * @return the registers of a read, nothing of a write
   */
  CompletableFuture<byte[]> request(int unit, byte[] pdu, BooleanSupplier wanted) {
    Request request = new Request(unit, pdu, wanted, new CompletableFuture<>());
    run(
        () -> {
          if (closed) {
            return fail(List.of(request), new IOException("the connection was closed"));
          }
          queue.add(request);
          return pump();
        });
    return request.answer.thenApply(answer -> ModbusPdu.content(pdu, answer));
  }

  /** Opens the line unless it is open; how often it has been opened so far. */
  CompletableFuture<Integer> connect() {
    Request knock = new Request(0, new byte[0], () -> true, new CompletableFuture<>());
    run(
        () -> {
          if (closed) {
            return fail(List.of(knock), new IOException("the connection was closed"));
          }
          queue.addFirst(knock);
          return pump();
        });
    return knock.answer.thenApply(open -> openings());
  }

  /** Longest wait for one answer. */
  Duration timeout() {
    return timeout;
  }

  private synchronized int openings() {
    return openings;
  }

  /** Closes the line for good; what is out or waiting fails. */
  void close() {
    run(
        () -> {
          closed = true;
          return broken(new IOException("the connection was closed"), true);
        });
  }

  // Futures end outside the lock: what hangs on them may take locks of its own.
  private void run(java.util.function.Supplier<Runnable> step) {
    Runnable after;
    synchronized (this) {
      after = step.get();
    }
    after.run();
  }

  private Runnable pump() {
    if (out != null || opening || pausing || queue.isEmpty()) {
      return () -> {};
    }
    if (line == null) {
      opening = true;
      int mine = ++generation;
      return () -> open(mine);
    }
    if (queue.element().pdu.length == 0) {
      Request knock = queue.remove();
      Runnable next = pump();
      return () -> {
        knock.answer.complete(knock.pdu);
        next.run();
      };
    }
    long quiet = quietUntil - System.nanoTime();
    if (quiet > 0) {
      pausing = true;
      return after(quiet, this::paused);
    }
    Request next = next();
    if (!next.wanted.getAsBoolean()) {
      Runnable fail = fail(List.of(next), new IOException("the connection was closed"));
      Runnable others = pump();
      return () -> {
        fail.run();
        others.run();
      };
    }
    out = next;
    deadline = System.nanoTime() + timeout.toNanos();
    line.send(framing.request(out.unit, out.pdu));
    if (watched) {
      return () -> {};
    }
    watched = true;
    return after(timeout.toNanos(), this::watch);
  }

  // Units that answered last time go first: those that did not hold the line up for a time-out
  // each.
  private Request next() {
    if (!silent.isEmpty() && ++turns % PATIENCE != 0) {
      for (Request request : queue) {
        if (request.pdu.length > 0 && !silent.contains(request.unit)) {
          queue.remove(request);
          return request;
        }
      }
    }
    return queue.remove();
  }

  private Runnable after(long nanos, Runnable task) {
    return () -> {
      try {
        var unused = clock.schedule(task, nanos, TimeUnit.NANOSECONDS);
      } catch (RejectedExecutionException stopping) {
        close();
      }
    };
  }

  private void paused() {
    run(
        () -> {
          pausing = false;
          return pump();
        });
  }

  private void watch() {
    run(
        () -> {
          watched = false;
          if (out == null) {
            return () -> {};
          }
          long left = deadline - System.nanoTime();
          if (left > 0) {
            watched = true;
            return after(left, this::watch);
          }
          silent.add(out.unit);
          return broken(
              new TimeoutException(
                  "no answer within "
                      + timeout.toMillis()
                      + " ms to unit "
                      + out.unit
                      + ", "
                      + ModbusPdu.shown(out.pdu)),
              false);
        });
  }

  private void open(int mine) {
    var unused =
        opener
            .open(new Heard(mine))
            .whenComplete((opened, failure) -> run(() -> opened(mine, opened, failure)));
  }

  private Runnable opened(int mine, @Nullable ModbusLine fresh, @Nullable Throwable failure) {
    if (mine != generation || closed) {
      return fresh == null ? () -> {} : fresh::close;
    }
    if (fresh == null) {
      return broken(failure == null ? new IOException("no line") : failure, true);
    }
    opening = false;
    line = fresh;
    openings++;
    return pump();
  }

  /** Hears one line. */
  private final class Heard implements ModbusLine.Receiver {
    private final int mine;

    Heard(int mine) {
      this.mine = mine;
    }

    @Override
    public void received(byte[] bytes) {
      run(() -> mine == generation ? heard(bytes) : () -> {});
    }

    @Override
    public void closed(Throwable why) {
      run(() -> mine == generation ? broken(why, false) : () -> {});
    }
  }

  private Runnable heard(byte[] bytes) {
    Request asked = out;
    if (asked == null) {
      // Noise, or an answer nobody waits for.
      return broken(new IOException("the device sent what nobody asked for"), false);
    }
    byte[] answer;
    try {
      answer = framing.answer(bytes);
    } catch (IllegalStateException e) {
      return broken(e, false);
    }
    if (answer == null) {
      return () -> {};
    }
    try {
      byte[] unused = ModbusPdu.content(asked.pdu, answer);
    } catch (ModbusRefusal refused) {
      // Its caller hears of it from the answer.
    } catch (IllegalStateException e) {
      return broken(e, false);
    }
    out = null;
    silent.remove(asked.unit);
    quietUntil = System.nanoTime() + silence.toNanos();
    Runnable next = pump();
    return () -> {
      asked.answer.complete(answer);
      next.run();
    };
  }

  private Runnable broken(Throwable why, boolean everybody) {
    List<Request> failed = new ArrayList<>();
    if (out != null) {
      failed.add(out);
      out = null;
    } else if (!queue.isEmpty()) {
      // Or a line that closes as soon as it is open would be opened for it over and over.
      failed.add(queue.remove());
    }
    if (everybody) {
      failed.addAll(queue);
      queue.clear();
    }
    ModbusLine old = line;
    line = null;
    opening = false;
    generation++;
    quietUntil = System.nanoTime() + silence.toNanos();
    Runnable next = closed ? () -> {} : pump();
    Runnable fail = fail(failed, why);
    return () -> {
      if (old != null) {
        old.close();
      }
      fail.run();
      next.run();
    };
  }

  private static Runnable fail(List<Request> requests, Throwable why) {
    return () -> requests.forEach(request -> request.answer.completeExceptionally(why));
  }
}
