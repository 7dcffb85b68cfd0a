package io.caravanhub.hub.connector;

import io.caravanhub.core.stream.InTurn;
import io.caravanhub.core.stream.Received;
import io.caravanhub.hub.connector.StreamSink.Ready;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The messages of one stream, begun in the order in which they came. After one that fails none is
 * begun until it is done: it is tried again, alone, as long as the stream is there. Whatever is
 * called here is called in the stream's turn.
 */
final class StreamQueue {
  private final InTurn turn;
  private final ScheduledExecutorService clock;
  private final Duration rest;
  private final Function<Received, Ready> first;
  private final BiConsumer<Ready, Consumer<@Nullable Throwable>> then;
  private final BooleanSupplier over;
  private final Consumer<Throwable> heldBack;
  private final Deque<Task> waiting = new ArrayDeque<>();
  private final NavigableMap<Long, Task> failed = new TreeMap<>();
  private long came;
  private int underWay;
  private boolean alone;

  private static final class Task {
    private final long number;
    private final Received message;
    private final Runnable done;
    private @Nullable Ready ready;

    Task(long number, Received message, Runnable done) {
      this.number = number;
      this.message = message;
      this.done = done;
    }
  }

  /**
   * One of a stream.
   *
   * @param rest how long to wait after a failure
   * @param first the step that is taken once; throws when it is to be tried again
   * @param then the step that is taken until its consumer is told null
   * @param over whether the stream is no longer there
   * @param heldBack told why messages wait
   */
  StreamQueue(
      InTurn turn,
      ScheduledExecutorService clock,
      Duration rest,
      Function<Received, Ready> first,
      BiConsumer<Ready, Consumer<@Nullable Throwable>> then,
      BooleanSupplier over,
      Consumer<Throwable> heldBack) {
    this.turn = turn;
    this.clock = clock;
    this.rest = rest;
    this.first = first;
    this.then = then;
    this.over = over;
    this.heldBack = heldBack;
  }

  /**
   * Adds the message that came last.
   *
   * @param done run once it is committed, by any thread
   */
  void add(Received message, Runnable done) {
    waiting.add(new Task(came++, message, done));
    go();
  }

  private void go() {
    while (failed.isEmpty() && !waiting.isEmpty() && !over.getAsBoolean()) {
      if (alone && underWay > 0) {
        return;
      }
      begin(waiting.remove());
    }
  }

  private void begin(Task task) {
    Ready ready;
    try {
      ready = task.ready == null ? first.apply(task.message) : task.ready;
    } catch (RuntimeException e) {
      failed(task, e);
      return;
    }
    task.ready = ready;
    underWay++;
    then.accept(
        ready,
        failure -> {
          if (failure == null) {
            task.done.run();
          }
          turn.execute(() -> settled(task, failure));
        });
  }

  private void settled(Task task, @Nullable Throwable failure) {
    underWay--;
    if (failure != null) {
      failed(task, failure);
    } else {
      alone = false;
      later();
      go();
    }
  }

  private void failed(Task task, Throwable failure) {
    failed.put(task.number, task);
    heldBack.accept(failure);
    later();
  }

  /** Once everything under way has come to its end, and some time has gone by. */
  private void later() {
    if (!failed.isEmpty() && underWay == 0 && !over.getAsBoolean()) {
      var unused =
          clock.schedule(() -> turn.execute(this::again), rest.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private void again() {
    failed.descendingMap().values().forEach(waiting::addFirst);
    failed.clear();
    alone = true;
    go();
  }
}
