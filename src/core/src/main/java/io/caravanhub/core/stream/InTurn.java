package io.caravanhub.core.stream;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/** Runs one task after the other, in the order given, on threads that others use too. */
public final class InTurn implements Executor {
  private final Executor threads;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  public InTurn(Executor threads) {
    this.threads = threads;
  }

  @Override
  public void execute(Runnable task) {
    synchronized (waiting) {
      waiting.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    begin();
  }

  private void begin() {
    try {
      threads.execute(this::next);
    } catch (RejectedExecutionException stopping) {
      synchronized (waiting) {
        waiting.clear();
        running = false;
      }
    }
  }

  private void next() {
    try {
      Runnable task = poll();
      if (task != null) {
        task.run();
      }
    } finally {
      boolean more;
      synchronized (waiting) {
        more = !waiting.isEmpty();
        running = more;
      }
      if (more) {
        begin();
      }
    }
  }

  private @Nullable Runnable poll() {
    synchronized (waiting) {
      return waiting.poll();
    }
  }
}
