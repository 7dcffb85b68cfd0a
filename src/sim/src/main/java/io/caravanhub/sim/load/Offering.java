package io.caravanhub.sim.load;

import java.util.concurrent.TimeUnit;

/**
 * The time in which messages are offered: as long as the plan says, or until somebody ends it. What
 * is under way then is still waited for and compared. Thread-safe.
 */
public final class Offering {
  private static final long LOOK_MILLIS = 100;

  private volatile boolean ended;

  /** Something that is over once the last message is answered for. */
  @FunctionalInterface
  interface Settling {
    boolean await(long time, TimeUnit unit) throws InterruptedException;
  }

  /** From now on nothing more is offered. */
  public void end() {
    ended = true;
  }

  /** Whether somebody ended it. */
  public boolean isEnded() {
    return ended;
  }

  /**
   * Waits for the last answer: as long as messages are offered, and the plan's patience after that.
   *
   * @return whether it came
   */
  boolean await(Settling settling, LoadPlan plan) throws InterruptedException {
    long start = System.nanoTime();
    long planned = TimeUnit.SECONDS.toNanos(plan.seconds());
    while (!ended && System.nanoTime() - start < planned) {
      if (settling.await(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
        return true;
      }
    }
    return settling.await(plan.drainSeconds(), TimeUnit.SECONDS);
  }
}
