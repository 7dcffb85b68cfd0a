package io.caravanhub.sim.plant;

import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Lets plant time pass at a multiple of wall time, on a thread of its own. */
public final class PlantClock implements AutoCloseable {
  private static final long TICK_MILLIS = 50;

  private final Plant plant;
  private final double speed;
  private final Consumer<ScheduledFault> onFault;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread clock = new Thread(task, "plant-clock");
            clock.setDaemon(true);
            return clock;
          });
  private long started;
  private long steps;

  /**
   * @param speed plant seconds per second of wall time
   * @param onFault told of each fault as it sets in
   */
  public PlantClock(Plant plant, double speed, Consumer<ScheduledFault> onFault) {
    this.plant = plant;
    this.speed = speed;
    this.onFault = onFault;
  }

  /** Starts the clock. */
  public void start() {
    started = System.nanoTime();
    var unused =
        thread.scheduleAtFixedRate(this::catchUp, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void catchUp() {
    double wallSeconds = (System.nanoTime() - started) / 1e9;
    long due = (long) (wallSeconds * speed / Plant.STEP.toSeconds());
    for (; steps < due; steps++) {
      plant.step().forEach(onFault);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
