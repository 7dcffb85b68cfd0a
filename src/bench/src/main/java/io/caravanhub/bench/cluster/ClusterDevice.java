package io.caravanhub.bench.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.BitSet;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

/**
 * A device that says its messages one after another, each again until it is acknowledged, as one
 * does that keeps them. The number of a message is in its timestamp. A device may have problems:
 * each is the temperature's next step, and stays.
 */
final class ClusterDevice implements Runnable {
  private static final int AGAIN_MILLIS = 250;

  /** Below the first problem. */
  private static final double HEALTHY = 19;

  private static final double FIRST_LIMIT = 20;
  private static final double STEP = 0.1;

  /** How long every other problem has to last until it is noticed. */
  static final int DELAY_SECONDS = 10;

  private final String id;
  private final Channel channel;
  private final Instant began;
  private final int periodMillis;
  private final int messagesAProblem;
  private final int problems;
  private final BitSet acknowledged = new BitSet();
  private final AtomicLong refused = new AtomicLong();
  private volatile long waitingSince = Long.MAX_VALUE;
  private volatile boolean over;
  private volatile int count;

  /**
   * One that waits to be run.
   *
   * @param began the time of its first message
   * @param messagesAProblem after how many the next problem comes; 0: it has none
   * @param problems how many at most
   */
  ClusterDevice(
      String id,
      Channel channel,
      Instant began,
      int periodMillis,
      int messagesAProblem,
      int problems) {
    this.id = id;
    this.channel = channel;
    this.began = began;
    this.periodMillis = periodMillis;
    this.messagesAProblem = messagesAProblem;
    this.problems = problems;
  }

  String id() {
    return id;
  }

  /** The limit above which a problem is noticed, in degrees. */
  static double limit(int problem) {
    return FIRST_LIMIT + problem * STEP;
  }

  /** Whether the problem has to last until it is noticed. */
  static boolean isDelayed(int problem) {
    return problem % 2 == 1;
  }

  /** The time of the first message that shows the problem. */
  Instant onset(int problem) {
    return at((problem + 1) * messagesAProblem);
  }

  /** The problem that the message shows beside all before; -1: none. */
  private int problem(int message) {
    return messagesAProblem == 0 ? -1 : Math.min(message / messagesAProblem, problems) - 1;
  }

  /**
   * The problems that it has told of, acknowledged, for as long as they have to last. Only after
   * {@link #run} has ended.
   */
  IntStream problemsTold() {
    Instant last = at(acknowledged.length() - 1);
    return IntStream.rangeClosed(0, problem(acknowledged.length() - 1))
        .filter(n -> !isDelayed(n) || !last.isBefore(onset(n).plusSeconds(DELAY_SECONDS)));
  }

  /** Numbers of the messages that were acknowledged. Only after {@link #run} has ended. */
  BitSet acknowledged() {
    return acknowledged;
  }

  /** Number of the message that has this timestamp. */
  int number(Instant timestamp) {
    return Math.toIntExact((timestamp.toEpochMilli() - began.toEpochMilli()) / periodMillis);
  }

  private Instant at(int message) {
    return began.plusMillis((long) message * periodMillis);
  }

  /** How many were acknowledged until now. */
  int count() {
    return count;
  }

  /** How often it had to say a message again. */
  long refused() {
    return refused.get();
  }

  /** How long its message has waited for its acknowledgement; 0 when none waits. */
  long waitingMillis(long now) {
    return Math.max(0, (now - waitingSince) / 1_000_000);
  }

  /** Says no new message; the last one is said until it is acknowledged. */
  void end() {
    over = true;
  }

  @Override
  public void run() {
    long start =
        System.nanoTime() - millisToNanos(System.currentTimeMillis() - began.toEpochMilli());
    try (channel) {
      for (int message = 0; !over; message++) {
        long due = start + millisToNanos((long) message * periodMillis);
        TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
        say(message);
        count = message + 1;
      }
    } catch (InterruptedException e) {
      // Nobody waits for it any more.
      Thread.currentThread().interrupt();
    }
  }

  private static long millisToNanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private void say(int message) throws InterruptedException {
    byte[] payload = payload(message);
    waitingSince = System.nanoTime();
    while (true) {
      try {
        channel.send(payload);
        break;
      } catch (IOException e) {
        refused.incrementAndGet();
        TimeUnit.MILLISECONDS.sleep(AGAIN_MILLIS);
      }
    }
    waitingSince = Long.MAX_VALUE;
    acknowledged.set(message);
  }

  private byte[] payload(int message) {
    int problem = problem(message);
    double temperature = problem < 0 ? HEALTHY : limit(problem) + STEP / 2;
    return String.format(
            Locale.ROOT,
            "{\"device_id\":\"%s\",\"timestamp\":\"%s\",\"metrics\":{\"temperature\":%.2f}}",
            id,
            at(message),
            temperature)
        .getBytes(StandardCharsets.UTF_8);
  }
}
