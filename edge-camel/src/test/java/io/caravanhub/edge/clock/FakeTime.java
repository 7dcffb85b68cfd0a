package io.caravanhub.edge.clock;

/** Clocks that a test sets. */
public final class FakeTime implements TimeSource {
  private volatile long wall = 1_700_000_000_000L;
  private volatile long monotonic = 10_000;
  private volatile String boot = "boot-1";

  @Override
  public long wallMillis() {
    return wall;
  }

  @Override
  public long monotonicMillis() {
    return monotonic;
  }

  @Override
  public String boot() {
    return boot;
  }

  /** Time goes on. */
  public synchronized void pass(long millis) {
    wall += millis;
    monotonic += millis;
  }

  /** Somebody sets the clock. */
  public synchronized void jump(long millis) {
    wall += millis;
  }

  /** The machine is started again. */
  public synchronized void reboot() {
    boot = boot + "'";
    monotonic = 5_000;
  }
}
