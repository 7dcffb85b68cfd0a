package io.caravanhub.sim.load;

import java.util.List;
import java.util.Random;

/** Says which message is due now, by the plan's rate, bursts, jitter and mix. Not thread-safe. */
final class Pacer {
  private final LoadPlan plan;
  private final List<LoadDevice> devices;
  private final Tally tally;
  private final Offering offering;
  private final Random random;
  private final long start;
  private long offered;
  private int turn;

  Pacer(LoadPlan plan, List<LoadDevice> devices, Tally tally, Offering offering, long start) {
    this.plan = plan;
    this.devices = devices;
    this.tally = tally;
    this.offering = offering;
    this.random = new Random(plan.seed());
    this.start = start;
  }

  /** Whether the last message has been offered. */
  boolean isOver() {
    return offering.isEnded()
        || (elapsed() >= plan.seconds() && offered >= (long) plan.due(plan.seconds()));
  }

  private double elapsed() {
    return (System.nanoTime() - start) / 1e9;
  }

  /** How many messages are due and not yet offered. */
  long due() {
    return offering.isEnded() ? 0 : (long) plan.due(elapsed()) - offered;
  }

  /** The next message that is due; it counts as offered. */
  Message next() {
    offered++;
    LoadDevice device = devices.get(turn);
    turn = (turn + 1) % devices.size();
    if (plan.jitter() > 0 && random.nextDouble() < plan.jitter()) {
      turn = random.nextInt(devices.size());
    }
    if (plan.bad() > 0 && random.nextDouble() < plan.bad()) {
      tally.badOffered.increment();
      return new Message(device, Message.BAD, System.nanoTime());
    }
    tally.offered.increment();
    boolean backfill = plan.backfill() > 0 && random.nextDouble() < plan.backfill();
    return new Message(
        device, device.measure(backfill, System.currentTimeMillis()), System.nanoTime());
  }

  /** Gives up messages that are due while too many wait already: nobody keeps them any more. */
  void holdBack(long messages) {
    offered += messages;
    tally.heldBack.add(messages);
  }
}
