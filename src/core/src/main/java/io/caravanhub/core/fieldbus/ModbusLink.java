package io.caravanhub.core.fieldbus;

import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One unit over Modbus. A block the device refuses is read in smaller ones from then on, and one
 * that it leaves without an answer is bad while others are read. Where the connection says by what
 * the device is known, that is looked at each time the line was opened.
 */
final class ModbusLink implements DeviceLink {
  private final ModbusWire wire;
  private final int unit;
  private final @Nullable ModbusIdentity identity;
  private final ReadingSink sink;
  private final SilentBlocks silent;
  private final Runnable release;
  private final IdentityHashMap<List<DevicePoint>, List<RegisterBlock>> plans =
      new IdentityHashMap<>();
  private volatile int opening;
  private volatile boolean closed;

  /** One read: whose plan it goes by, and whether the device was reached. */
  private static final class Attempt {
    // Null when the blocks are nobody's.
    private final @Nullable List<DevicePoint> points;
    private boolean reached;
    private @Nullable ModbusRefusal unreachable;

    private Attempt(@Nullable List<DevicePoint> points) {
      this.points = points;
    }
  }

  /**
   * @param silent outlives the link
   * @param release is run at the close
   */
  ModbusLink(
      ModbusWire wire,
      int unit,
      @Nullable ModbusIdentity identity,
      ReadingSink sink,
      SilentBlocks silent,
      Runnable release) {
    this.wire = wire;
    this.unit = unit;
    this.identity = identity;
    this.sink = sink;
    this.silent = silent;
    this.release = release;
  }

  /** Opens the line and sees who answers. */
  CompletableFuture<ModbusLink> connect() {
    return wire.connect()
        .thenCompose(
            count -> {
              if (count == opening) {
                return CompletableFuture.completedFuture(this);
              }
              if (opening > 0) {
                sink.reconnected();
              }
              opening = count;
              return identify();
            });
  }

  private CompletableFuture<ModbusLink> identify() {
    if (identity == null) {
      return CompletableFuture.completedFuture(this);
    }
    return readAll(RegisterBlock.plan(List.of(identity.point())), new Attempt(null))
        .thenApply(
            readings -> {
              identity.require(readings.get(0));
              return this;
            });
  }

  @Override
  public CompletableFuture<List<Reading>> read(List<DevicePoint> points) {
    Attempt attempt = new Attempt(points);
    return connect()
        .thenCompose(ready -> readAll(silent.last(plan(points)), attempt))
        .thenApply(
            readings -> {
              if (!attempt.reached && attempt.unreachable != null) {
                throw attempt.unreachable;
              }
              return Exponents.apply(readings);
            });
  }

  // Each request has a time-out of its own; a slow line with many of them is not down.
  @Override
  public Duration deadline(List<DevicePoint> points, Duration usual) {
    return usual.plus(wire.timeout().multipliedBy(plan(points).size()));
  }

  @Override
  public CompletableFuture<WriteResult> write(DevicePoint point, Object value) {
    return connect().thenCompose(ready -> new ModbusWrite(this, point, value).run());
  }

  /** Asks the unit; see {@link ModbusWire#request}. */
  CompletableFuture<byte[]> request(byte[] pdu) {
    return wire.request(unit, pdu, () -> !closed);
  }

  private synchronized List<RegisterBlock> plan(List<DevicePoint> points) {
    return plans.computeIfAbsent(points, RegisterBlock::plan);
  }

  private synchronized void replan(
      List<DevicePoint> points, RegisterBlock block, List<RegisterBlock> smaller) {
    List<RegisterBlock> next = new ArrayList<>(plan(points));
    int at = next.indexOf(block);
    if (at >= 0) {
      next.remove(at);
      next.addAll(at, smaller);
      plans.put(points, List.copyOf(next));
    }
  }

  private CompletableFuture<List<Reading>> readAll(List<RegisterBlock> wanted, Attempt attempt) {
    CompletableFuture<List<Reading>> all = CompletableFuture.completedFuture(new ArrayList<>());
    for (RegisterBlock block : wanted) {
      all =
          all.thenCompose(
              readings ->
                  read(block, attempt)
                      .thenApply(
                          more -> {
                            readings.addAll(more);
                            return readings;
                          }));
    }
    return all;
  }

  private CompletionStage<List<Reading>> read(RegisterBlock block, Attempt attempt) {
    if (attempt.points != null && silent.rests(block)) {
      return bad(block, SilentBlocks.REASON);
    }
    return request(ModbusPdu.read(block.table(), block.address(), block.quantity()))
        .thenApply(
            bytes -> {
              answered(block, attempt);
              return block.decode(bytes);
            })
        .exceptionallyCompose(failure -> failed(block, attempt, failure));
  }

  private void answered(RegisterBlock block, Attempt attempt) {
    attempt.reached = true;
    silent.answered(block);
  }

  private CompletionStage<List<Reading>> failed(
      RegisterBlock block, Attempt attempt, Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof ModbusRefusal refusal) {
      return refused(block, attempt, refusal);
    }
    // The line is opened again for the next request.
    return attempt.points != null && cause instanceof TimeoutException && silent.timedOut(block)
        ? bad(block, SilentBlocks.REASON)
        : CompletableFuture.failedFuture(cause == null ? failure : cause);
  }

  private CompletionStage<List<Reading>> refused(
      RegisterBlock block, Attempt attempt, ModbusRefusal refusal) {
    if (refusal.isOfTheGateway()) {
      attempt.unreachable = refusal;
    } else {
      answered(block, attempt);
    }
    if (attempt.points != null && block.points().size() > 1 && refusal.isAboutTheRequest()) {
      List<RegisterBlock> smaller = block.smaller();
      replan(attempt.points, block, smaller);
      return readAll(smaller, attempt);
    }
    return bad(
        block,
        "the device refused "
            + block.points().get(0).place().shown()
            + ": "
            + ModbusPdu.exception(refusal.code()));
  }

  private static CompletionStage<List<Reading>> bad(RegisterBlock block, String reason) {
    return CompletableFuture.completedFuture(
        block.points().stream().map(point -> Reading.bad(point, reason)).toList());
  }

  @Override
  public void close() {
    closed = true;
    release.run();
  }
}
