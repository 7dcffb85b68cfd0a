package io.caravanhub.core.stream;

import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What a link needs beside its plan.
 *
 * @param clientId known to the broker, unless the plan has one
 * @param durable whether the broker is to keep what comes while the hub is away, and files that
 *     were read are put away
 * @param subscribed as {@link StreamListener#connected} was told before; empty at first
 * @param threads where messages are handed on, one after the other
 * @param clock for pings and silence
 * @param deadline for connecting
 * @param folders for files
 */
public record LinkOptions(
    String clientId,
    boolean durable,
    String subscribed,
    Executor threads,
    ScheduledExecutorService clock,
    Duration deadline,
    Folders folders) {

  /** For a link without files. */
  public LinkOptions(
      String clientId,
      boolean durable,
      String subscribed,
      Executor threads,
      ScheduledExecutorService clock,
      Duration deadline) {
    this(clientId, durable, subscribed, threads, clock, deadline, Folders.NONE);
  }
}
