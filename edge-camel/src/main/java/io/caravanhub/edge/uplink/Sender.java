package io.caravanhub.edge.uplink;

import io.caravanhub.core.fieldbus.BackOff;
import io.caravanhub.edge.clock.GatewayClock;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.StoredRecord;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the spool's records in batches and deletes what the hub has taken. Up to six batches are
 * out at a time, one of each {@linkplain Lanes stream}, so that none of a device's records passes
 * another of the same lane, whatever the hub answers. New records come first; old ones get the rest
 * of the way, and their share of it where new ones fill it. Everything runs on the uplink's thread.
 */
final class Sender {
  private static final Logger LOG = LoggerFactory.getLogger(Sender.class);

  /** A batch has so many records at most. */
  static final int MAX_RECORDS = 2_000;

  /** A batch has bodies of so many bytes at most, before gzip, or one record. */
  static final long MAX_BYTES = 512 << 10;

  private static final long MIN_BYTES = 4 << 10;

  /** So many live records are not kept waiting for more. */
  private static final int ENOUGH_RECORDS = 500;

  private static final long QUICK = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long SLOW = TimeUnit.SECONDS.toNanos(2);
  private static final long REMEMBERED = 4 << 20;

  private final Spool spool;
  private final double backfillShare;
  private final UplinkTimes times;
  private final ScheduledExecutorService loop;
  private final Consumer<Throwable> failed;
  private final BackOff backOff;
  private final Lanes lanes;
  private final SentCounts counts;
  private final Set<CompletableFuture<Void>> forgetting = ConcurrentHashMap.newKeySet();

  /** When which lowest number was there; the floor is one of these of a while ago. */
  private final TreeMap<Long, Long> floors = new TreeMap<>();

  private String floorsEpoch = "";
  private final Suspects suspects;
  private final Refusals refusals;

  /** Takes one record at a time that was passed over. */
  private final Stream behind = new Stream(Lane.BACKFILL);

  private boolean wakes;
  private boolean restarts;
  private int anew;
  private @Nullable HubWay way;
  private int connection;
  private boolean lingering;
  private long goal = 128 << 10;
  private long liveBytes;
  private long backfillBytes;

  Sender(
      Spool spool,
      double backfillShare,
      UplinkTimes times,
      ScheduledExecutorService loop,
      SentCounts counts,
      Consumer<Throwable> failed) {
    this.spool = spool;
    this.backfillShare = backfillShare;
    this.times = times;
    this.loop = loop;
    this.counts = counts;
    this.failed = failed;
    this.backOff = new BackOff(times.shortestBackOff(), times.longestBackOff());
    this.lanes = new Lanes(spool);
    this.suspects = new Suspects(times.longestBackOff().toNanos());
    this.refusals = new Refusals(times.longestBackOff().toNanos());
  }

  /** From now on records go over this connection. */
  void begin(HubWay over) {
    end();
    int begun = connection;
    // What the hub has is not read again before it is deleted.
    var unused =
        CompletableFuture.allOf(forgetting.toArray(CompletableFuture[]::new))
            .whenCompleteAsync(
                (gone, disk) -> {
                  if (begun == connection) {
                    way = over;
                    lanes.begin();
                    suspects.begin(lanes.epoch());
                    counts.passedOver = suspects.passedOver();
                    pump();
                  }
                },
                loop);
  }

  /** What is out is given up; it is in the spool. */
  void end() {
    if (way != null) {
      if (behind.busy) {
        suspects.tried(false, System.nanoTime());
      }
      lanes.all.stream().filter(stream -> stream.busy).forEach(suspects::broke);
      counts.passedOver = suspects.passedOver();
    }
    way = null;
    connection++;
    behind.clear();
    lanes.all.forEach(Stream::clear);
  }

  /** Sends what there is, as far as the streams are free. */
  void pump() {
    HubWay over = way;
    if (over == null) {
      return;
    }
    if (!lanes.fill(System.nanoTime())) {
      beginAnew(over);
      return;
    }
    anew = 0;
    if (behind.busy) {
      return;
    }
    if (suspects.eventIsDue(System.nanoTime())) {
      // What is out ends first, so that it is known on which one the hub fails.
      tryBehind(over);
      if (behind.busy || isBusy()) {
        return;
      }
    }
    boolean careful = suspects.careful();
    int first = careful ? connection : 0;
    for (int i = 0; i < lanes.all.size(); i++) {
      Stream stream = lanes.all.get(Math.floorMod(first + i, lanes.all.size()));
      if (careful && isBusy()) {
        return;
      }
      if (!stream.busy && suspects.hasMore(stream) && (careful || isDue(stream))) {
        List<StoredRecord> records = suspects.take(stream, MAX_RECORDS, goal);
        if (!records.isEmpty()) {
          send(over, stream, records);
        }
      }
    }
    tryBehind(over);
  }

  /**
   * The spool is another now, or could not be read; what is out is not given up for its own sake.
   */
  private void beginAnew(HubWay over) {
    if (restarts) {
      return;
    }
    restarts = true;
    if (anew++ == 0) {
      LOG.info("The spool is another now, or cannot be read: sending begins anew");
    }
    long pause = anew == 1 ? QUICK / 5 : backOff.after(anew).toNanos();
    int begun = connection;
    var unused =
        loop.schedule(
            () -> {
              restarts = false;
              if (begun == connection) {
                way = null;
                begin(over);
              }
            },
            pause,
            TimeUnit.NANOSECONDS);
  }

  private boolean isBusy() {
    return lanes.all.stream().anyMatch(stream -> stream.busy);
  }

  private void tryBehind(HubWay over) {
    long now = System.nanoTime();
    long pause = suspects.pause(now);
    if (pause < 0 || isBusy()) {
      return;
    }
    StoredRecord record = suspects.next(spool, now);
    counts.passedOver = suspects.passedOver();
    if (record != null) {
      send(over, behind, List.of(record));
    } else if (!wakes) {
      wakes = true;
      var unused =
          loop.schedule(
              () -> {
                wakes = false;
                pump();
              },
              Math.max(pause, QUICK / 10),
              TimeUnit.NANOSECONDS);
    }
  }

  private boolean isDue(Stream stream) {
    return switch (stream.lane) {
      case EVENT -> true;
      case LIVE -> !lingers();
      case BACKFILL ->
          backfillBytes <= backfillShare * (liveBytes + backfillBytes)
              || !lanes.live.busy && (lanes.live.size() == 0 || lingers());
    };
  }

  private boolean lingers() {
    long left = times.linger().toNanos() - lanes.live.waited(System.nanoTime());
    if (lanes.live.size() == 0 || lanes.live.size() >= ENOUGH_RECORDS || left <= 0) {
      return false;
    }
    if (!lingering) {
      lingering = true;
      var unused =
          loop.schedule(
              () -> {
                lingering = false;
                pump();
              },
              left,
              TimeUnit.NANOSECONDS);
    }
    return true;
  }

  private void send(HubWay over, Stream stream, List<StoredRecord> records) {
    stream.busy = true;
    int begun = connection;
    GatewayClock clock = spool.clock();
    Set<Long> open = new HashSet<>();
    records.forEach(record -> open.add(record.content().clock()));
    // The hub's clock was asked for when the connection came up, and nobody answered.
    open.stream().filter(clock::isOpen).forEach(clock::giveUp);
    var unused =
        spool
            .clocksSaved()
            .whenCompleteAsync(
                (saved, disk) -> {
                  if (begun == connection) {
                    transmit(over, stream, batch(stream, records));
                  }
                },
                loop);
  }

  private Batch batch(Stream stream, List<StoredRecord> records) {
    long floor = Math.min(floor(System.nanoTime()), records.get(0).seq());
    byte[] body = BatchBody.write(lanes.epoch(), stream.lane, floor, records, spool.clock());
    return new Batch(stream.lane, lanes.epoch(), Batch.seqs(records), body, records.size());
  }

  /** The lowest number of a while ago: a late copy of a batch must still be known to the hub. */
  private long floor(long now) {
    if (!floorsEpoch.equals(lanes.epoch())) {
      // The numbers of another file say nothing of this one's.
      floors.clear();
      floorsEpoch = lanes.epoch();
    }
    floors.put(now, spool.lowest());
    Map.Entry<Long, Long> old = floors.floorEntry(now - times.floorLag().toNanos());
    if (old == null) {
      return 1;
    }
    floors.headMap(old.getKey(), false).clear();
    return old.getValue();
  }

  private void transmit(HubWay over, Stream stream, Batch batch) {
    int begun = connection;
    long at = System.nanoTime();
    var unused =
        over.send("batch", batch.body())
            .orTimeout(times.answer().toMillis(), TimeUnit.MILLISECONDS)
            .whenCompleteAsync(
                (taken, failure) -> answered(over, stream, batch, begun, at, failure), loop);
  }

  private void answered(
      HubWay over, Stream stream, Batch batch, int begun, long at, @Nullable Throwable failure) {
    if (failure == null) {
      forget(batch);
    }
    if (begun != connection) {
      return;
    }
    long took = System.nanoTime() - at;
    if (failure == null) {
      taken(stream, batch, took);
      pump();
      return;
    }
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof NotNowException notNow) {
      again(over, stream, batch, begun, notNow);
    } else {
      goal = Math.max(MIN_BYTES, goal / 4);
      failed.accept(cause == null ? failure : cause);
    }
  }

  private void forget(Batch batch) {
    CompletableFuture<Void> gone = spool.forget(batch.epoch(), batch.seqs());
    forgetting.add(gone);
    var unused = gone.whenComplete((done, disk) -> forgetting.remove(gone));
  }

  private void taken(Stream stream, Batch batch, long took) {
    stream.busy = false;
    stream.refusals = 0;
    if (stream == behind) {
      suspects.tried(true, System.nanoTime());
      counts.passedOver = suspects.passedOver();
    } else {
      suspects.taken(stream);
    }
    counts.taken(batch);
    refusals.taken(System.nanoTime());
    if (took > SLOW) {
      goal = Math.max(MIN_BYTES, goal / 2);
    } else if (took < QUICK) {
      goal = Math.min(MAX_BYTES, goal * 2);
    }
    if (batch.lane() == Lane.BACKFILL) {
      backfillBytes += batch.body().length;
    } else {
      liveBytes += batch.body().length;
    }
    if (liveBytes + backfillBytes > REMEMBERED) {
      liveBytes /= 2;
      backfillBytes /= 2;
    }
  }

  private void again(HubWay over, Stream stream, Batch batch, int begun, NotNowException notNow) {
    if (stream.refusals++ == 0) {
      LOG.warn("A batch of {} records waits: {}", batch.records(), notNow.getMessage());
    }
    String why = String.valueOf(notNow.getMessage());
    counts.refused(why);
    refusals.refused(why, spool.status().records(), System.nanoTime());
    if (stream == behind) {
      suspects.tried(false, System.nanoTime());
      stream.clear();
      pump();
      return;
    }
    Duration pause = notNow.after() == null ? backOff.after(stream.refusals) : notNow.after();
    boolean another = suspects.refused(stream, notNow.ofThis());
    counts.passedOver = suspects.passedOver();
    var unused =
        loop.schedule(
            () -> {
              if (begun != connection) {
                return;
              }
              if (another) {
                stream.busy = false;
                pump();
              } else {
                transmit(over, stream, batch);
              }
            },
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Whether old records are still to be sent. */
  boolean backfilling() {
    return way != null && lanes.backfilling();
  }
}
