package io.caravanhub.edge.command;

import io.caravanhub.edge.uplink.HealthPart;
import io.caravanhub.edge.uplink.HubChannels;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes commands from the hub's channel {@code commands}, writes them one after the other, and
 * answers each on {@code commands/ack}. A command is tried at most once, however often it comes and
 * whenever the gateway is killed: it is on the disk as begun before it is tried, and one that was
 * begun and has no answer is answered as failed after the start. Answers are kept on the disk until
 * the hub has them. Thread-safe.
 */
public final class Commands implements HealthPart, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
  private static final String CHANNEL = "commands";
  private static final String ANSWERS = "commands/ack";
  private static final int WAITING_MAX = 1_000;

  private final String tenant;
  private final PointWriter writer;
  private final HubChannels hub;
  private final LongSupplier clock;
  private final long deadlineMillis;
  private final long againMillis;
  private final CommandLog log;
  private final ScheduledExecutorService worker =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "edge-commands");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<CommandOutcome.State, LongAdder> ended =
      new EnumMap<>(CommandOutcome.State.class);
  private final LongAdder again = new LongAdder();
  private final LongAdder unreadable = new LongAdder();
  private final AtomicLong queued = new AtomicLong();
  private volatile int untold;
  private boolean telling;

  /**
   * Commands that nobody listens for yet.
   *
   * @param folder where they are remembered
   * @param clock the hub's time as far as the gateway knows it, epoch milliseconds
   * @throws UncheckedIOException when the folder cannot be written
   */
  public Commands(
      String tenant, Path folder, PointWriter writer, HubChannels hub, LongSupplier clock) {
    this(tenant, folder, writer, hub, clock, 30_000, 2_000);
  }

  Commands(
      String tenant,
      Path folder,
      PointWriter writer,
      HubChannels hub,
      LongSupplier clock,
      long deadlineMillis,
      long againMillis) {
    this.tenant = tenant;
    this.writer = writer;
    this.hub = hub;
    this.clock = clock;
    this.deadlineMillis = deadlineMillis;
    this.againMillis = againMillis;
    for (CommandOutcome.State state : CommandOutcome.State.values()) {
      ended.put(state, new LongAdder());
    }
    try {
      log = new CommandLog(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Listens, and tells what was not told before the last stop. */
  public void start() {
    hub.listen(CHANNEL, this::take);
    var unused = worker.scheduleWithFixedDelay(this::tell, 0, againMillis, TimeUnit.MILLISECONDS);
  }

  private void take(byte[] message) {
    if (queued.get() >= WAITING_MAX) {
      // The hub has no answer and sends it again as long as it is wanted.
      LOG.warn("{} commands wait, one more is left to the hub", WAITING_MAX);
      return;
    }
    try {
      queued.incrementAndGet();
      worker.execute(
          () -> {
            try {
              run(message);
            } catch (IOException | RuntimeException e) {
              LOG.error("A command cannot be remembered, and so is not tried: {}", e.toString());
            } finally {
              queued.decrementAndGet();
            }
          });
    } catch (RejectedExecutionException stopping) {
      queued.decrementAndGet();
    }
  }

  private void run(byte[] message) throws IOException {
    Command command;
    try {
      command = Command.read(message);
    } catch (Command.UnreadableException e) {
      unreadable.increment();
      LOG.warn("A command of the hub cannot be read: {}", e.getMessage());
      if (!e.id().isEmpty() && !log.knows(e.id())) {
        end(e.id(), CommandOutcome.refused(String.valueOf(e.getMessage())));
      }
      return;
    }
    if (log.knows(command.id())) {
      again.increment();
      log.tellAgain(command.id());
      tell();
      return;
    }
    Instant now = Instant.ofEpochMilli(clock.getAsLong());
    if (!now.isBefore(command.expires())) {
      end(
          command.id(),
          CommandOutcome.expired("it was wanted until " + command.expires() + ", it is " + now));
      return;
    }
    log.begin(command.id());
    CommandOutcome outcome = written(command);
    LOG.info(
        "{} of {} set to {}: {} {}",
        command.metric(),
        command.device(),
        command.value(),
        outcome.state().label(),
        outcome.reason() == null ? "" : outcome.reason());
    end(command.id(), outcome);
  }

  private CommandOutcome written(Command command) {
    try {
      return writer
          .write(tenant, command.device(), command.metric(), command.value())
          .get(deadlineMillis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return CommandOutcome.failed(
          "no answer within " + deadlineMillis + " ms; the point may have the value");
    } catch (ExecutionException e) {
      return CommandOutcome.failed(String.valueOf(e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return CommandOutcome.failed("the gateway stopped while it was written");
    } catch (RuntimeException e) {
      return CommandOutcome.failed(e.toString());
    }
  }

  private void end(String id, CommandOutcome outcome) throws IOException {
    LongAdder count = ended.get(outcome.state());
    if (count != null) {
      count.increment();
    }
    log.end(id, outcome);
    tell();
  }

  // On the worker alone. A failure waits for the next round.
  private void tell() {
    try {
      untold = log.waiting();
      CommandLog.@Nullable Untold next = telling ? null : log.untold();
      if (next == null) {
        return;
      }
      telling = true;
      var unused =
          hub.send(ANSWERS, next.answer())
              .whenComplete((taken, failure) -> told(next.id(), failure));
    } catch (IOException | RuntimeException e) {
      telling = false;
      LOG.warn("Answers to commands wait: {}", e.toString());
    }
  }

  private void told(String id, @Nullable Throwable failure) {
    try {
      worker.execute(
          () -> {
            telling = false;
            if (failure != null) {
              LOG.debug("Answers to commands wait: {}", failure.toString());
              return;
            }
            try {
              log.told(id);
              tell();
            } catch (IOException e) {
              LOG.warn("It cannot be kept that an answer was told: {}", e.toString());
            }
          });
    } catch (RejectedExecutionException stopping) {
      LOG.debug("An answer was told while stopping, and will be again");
    }
  }

  @Override
  public String name() {
    return CHANNEL;
  }

  @Override
  public Map<String, Object> report() {
    Map<String, Object> report = new LinkedHashMap<>();
    ended.forEach((state, count) -> report.put(state.label(), count.sum()));
    report.put("again", again.sum());
    report.put("unreadable", unreadable.sum());
    report.put("answers_waiting", untold);
    return report;
  }

  /** Ends after the command that is being written. */
  @Override
  public void close() {
    worker.shutdown();
    try {
      if (!worker.awaitTermination(5, TimeUnit.SECONDS)) {
        worker.shutdownNow();
      }
      log.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.warn("The log of commands cannot be closed: {}", e.toString());
    }
  }
}
