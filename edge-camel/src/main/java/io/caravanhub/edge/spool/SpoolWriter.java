package io.caravanhub.edge.spool;

import io.caravanhub.core.telemetry.StoreBusyException;
import io.caravanhub.edge.clock.ClockSegment;
import io.caravanhub.edge.clock.GatewayClock;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes the file. What waits when a commit ends becomes the next one, so that
 * many records share one wait for the disk; each is told when its own commit is on the disk.
 */
final class SpoolWriter implements Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(SpoolWriter.class);
  private static final int MAX_RECORDS = 4096;
  private static final int MAX_BYTES = 4 << 20;
  private static final long QUEUE_BYTES = 16 << 20;
  private static final long AGE_EVERY = TimeUnit.SECONDS.toMillis(60);

  /** A record on its way into the file. */
  record Append(SpoolRecord record, byte[] stored, Consumer<@Nullable Throwable> done) {}

  private record Forget(String epoch, List<Long> ascending, CompletableFuture<Void> done) {}

  private final SpoolStorage storage;
  private final SpoolCounts counts;
  private final SpoolBound bound;
  private final Runnable committed;
  private final BlockingQueue<Append> appends = new LinkedBlockingQueue<>(20_000);
  private final BlockingQueue<Forget> forgets = new LinkedBlockingQueue<>();
  private final AtomicLong waitingBytes = new AtomicLong();

  /** Clock segments that the file does not hold yet; guarded by itself. */
  private final Map<Long, ClockSegment> clocks = new LinkedHashMap<>();

  private final List<CompletableFuture<Void>> clockWaits = new ArrayList<>();
  private volatile boolean stopping;
  private volatile @Nullable String suspected;
  private @Nullable GatewayClock clock;
  private final ClockUse clockUse = new ClockUse();
  private long lastAged;
  private boolean agesOn;
  private String lastTrouble = "";

  SpoolWriter(
      SpoolStorage storage, SpoolSettings settings, SpoolCounts counts, Runnable committed) {
    this.storage = storage;
    this.counts = counts;
    this.bound = new SpoolBound(settings, counts);
    this.committed = committed;
  }

  void useClock(GatewayClock gatewayClock) {
    clockUse.begin(gatewayClock, storage.highest());
    lastAged = gatewayClock.time().monotonicMillis();
    clock = gatewayClock;
  }

  /** Whether there was room for it to wait; else nothing is kept of it. */
  boolean offer(Append append) {
    if (stopping || waitingBytes.get() > QUEUE_BYTES || !appends.offer(append)) {
      return false;
    }
    waitingBytes.addAndGet(append.stored().length);
    return true;
  }

  CompletableFuture<Void> forget(String epoch, List<Long> ascending) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    forgets.add(new Forget(epoch, ascending, done));
    return done;
  }

  void save(ClockSegment segment) {
    synchronized (clocks) {
      clocks.put(segment.id(), segment);
    }
  }

  /** Ends when all clock segments known now are on the disk. */
  CompletableFuture<Void> clocksSaved() {
    synchronized (clocks) {
      if (clocks.isEmpty()) {
        return CompletableFuture.completedFuture(null);
      }
      CompletableFuture<Void> done = new CompletableFuture<>();
      clockWaits.add(done);
      return done;
    }
  }

  /** The file is to be looked at, and set aside when it is as bad as somebody has found. */
  void suspect(String reason) {
    suspected = reason;
  }

  /** Takes no more, writes what waits, ends. */
  void stop() {
    stopping = true;
  }

  @Override
  public void run() {
    List<Append> taken = new ArrayList<>();
    while (!stopping || !appends.isEmpty() || !forgets.isEmpty()) {
      taken.clear();
      try {
        take(taken);
        cycle(taken);
      } catch (InterruptedException e) {
        stopping = true;
      } catch (RuntimeException | Error e) {
        // Whoever waits must hear of it, or a device would wait for ever.
        LOG.error("The spool's writer failed", e);
        refuse(taken, e);
      }
    }
  }

  private void take(List<Append> taken) throws InterruptedException {
    Append first = appends.poll(stopping || !forgets.isEmpty() ? 0 : 100, TimeUnit.MILLISECONDS);
    long bytes = 0;
    for (Append next = first; next != null; next = appends.poll()) {
      taken.add(next);
      bytes += next.stored().length;
      if (taken.size() >= MAX_RECORDS || bytes >= MAX_BYTES) {
        break;
      }
    }
    waitingBytes.addAndGet(-bytes);
  }

  private void cycle(List<Append> taken) {
    String suspicion = suspected;
    if (suspicion != null) {
      suspected = null;
      setAside(suspicion);
    }
    List<Forget> gone = new ArrayList<>();
    forgets.drainTo(gone);
    List<ClockSegment> segments;
    List<CompletableFuture<Void>> waits;
    synchronized (clocks) {
      segments = List.copyOf(clocks.values());
      waits = List.copyOf(clockWaits);
      clockWaits.clear();
    }
    boolean ageing = isTimeToAge();
    if (taken.isEmpty() && gone.isEmpty() && segments.isEmpty() && !ageing) {
      waits.forEach(wait -> wait.complete(null));
      return;
    }
    Throwable failure = write(taken, gone, segments, ageing);
    if (failure != null && !taken.isEmpty()) {
      // What is deleted may make the room that was wanting.
      Throwable again = write(List.of(), gone, segments, false);
      end(gone, segments, waits, again);
      refuse(taken, failure);
      pause();
      return;
    }
    end(gone, segments, waits, failure);
    if (failure == null) {
      taken.forEach(append -> tell(append, null));
      if (!taken.isEmpty()) {
        committed.run();
      }
    }
  }

  private boolean isTimeToAge() {
    GatewayClock known = clock;
    if (known == null) {
      return false;
    }
    long now = known.time().monotonicMillis();
    if (agesOn || now - lastAged > AGE_EVERY) {
      agesOn = false;
      lastAged = now;
      return true;
    }
    return false;
  }

  private void end(
      List<Forget> gone,
      List<ClockSegment> segments,
      List<CompletableFuture<Void>> waits,
      @Nullable Throwable failure) {
    if (failure == null) {
      synchronized (clocks) {
        segments.forEach(segment -> clocks.remove(segment.id(), segment));
      }
      gone.forEach(forget -> forget.done().complete(null));
      waits.forEach(wait -> wait.complete(null));
    } else {
      gone.forEach(forget -> forget.done().completeExceptionally(failure));
      waits.forEach(wait -> wait.completeExceptionally(failure));
    }
  }

  private @Nullable Throwable write(
      List<Append> taken, List<Forget> gone, List<ClockSegment> segments, boolean ageing) {
    for (int attempt = 0; ; attempt++) {
      long records = counts.records.get();
      long dropped = counts.dropped.get();
      long thinned = counts.thinned.get();
      try {
        SpoolFile file = storage.file();
        file.begin();
        transact(file, taken, gone, segments, ageing);
        file.commit();
        storage.committed(file);
        if (!taken.isEmpty()) {
          recovered();
        }
        return null;
      } catch (SQLException e) {
        storage.rollback();
        counts.restore(records, dropped, thinned);
        if (SpoolErrors.corrupt(e) && attempt == 0 && setAside(String.valueOf(e.getMessage()))) {
          continue;
        }
        if (SpoolErrors.broken(e)) {
          storage.close();
        }
        trouble(e);
        return new StoreBusyException("the spool cannot be written: " + e.getMessage(), e);
      } catch (StoreBusyException e) {
        storage.rollback();
        counts.restore(records, dropped, thinned);
        trouble(e);
        return e;
      }
    }
  }

  private void transact(
      SpoolFile file,
      List<Append> taken,
      List<Forget> gone,
      List<ClockSegment> segments,
      boolean ageing)
      throws SQLException {
    for (ClockSegment segment : segments) {
      file.save(segment);
    }
    for (Forget forget : gone) {
      if (forget.epoch().equals(storage.epoch())) {
        counts.records.addAndGet(-file.delete(forget.ascending()));
      }
    }
    if (!taken.isEmpty()) {
      storage.requireRoom();
      storage.boundSetAside(file);
      if (bound.refuses(file)) {
        throw new StoreBusyException("the spool holds as much as it may");
      }
      storage.leap(file);
    }
    for (Append append : taken) {
      file.insert(append.record(), append.stored());
    }
    if (!taken.isEmpty()) {
      long highest = file.highest();
      taken.forEach(append -> clockUse.named(append.record(), highest));
    }
    counts.records.addAndGet(taken.size());
    bound.enforce(file);
    GatewayClock known = clock;
    if (ageing && known != null) {
      agesOn = bound.dropAged(file, known);
      clockUse.forget(file, known);
    }
    counts.save(file);
  }

  private boolean setAside(String reason) {
    if (storage.salvagePauses()) {
      return false;
    }
    try {
      storage.setAside(reason);
      // What was found meanwhile was found in the old file.
      suspected = null;
      GatewayClock known = clock;
      if (known != null) {
        known.segments().forEach(this::save);
        clockUse.begin(known, storage.highest());
      }
      // Whoever sends begins anew, also when nothing more comes in.
      committed.run();
      return true;
    } catch (IOException | SQLException e) {
      LOG.error("The spool cannot be set aside: {}", e.toString());
      storage.close();
      return false;
    }
  }

  private void refuse(List<Append> taken, Throwable failure) {
    counts.refused.addAndGet(taken.size());
    taken.forEach(append -> tell(append, failure));
  }

  private static void tell(Append append, @Nullable Throwable failure) {
    try {
      append.done().accept(failure);
    } catch (RuntimeException e) {
      LOG.warn("{}: what comes after the spool failed", append.record().device(), e);
    }
  }

  private void trouble(Exception e) {
    String said = String.valueOf(e.getMessage());
    if (!said.equals(lastTrouble)) {
      lastTrouble = said;
      LOG.warn("The spool takes nothing now, and tries again: {}", said);
    }
  }

  private void recovered() {
    if (!lastTrouble.isEmpty()) {
      lastTrouble = "";
      LOG.info("The spool is written again");
    }
  }

  private void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      stopping = true;
    }
  }
}
