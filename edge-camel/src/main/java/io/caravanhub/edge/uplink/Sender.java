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
                    pump();
                  }
                },
                loop);
  }

  /** What is out is given up; it is in the spool. */
  void end() {
    way = null;
    connection++;
    lanes.all.forEach(Stream::clear);
  }

  /** Sends what there is, as far as the streams are free. */
  void pump() {
    HubWay over = way;
    if (over == null) {
      return;
    }
    if (!lanes.fill(System.nanoTime())) {
      LOG.info("The spool is another now, sending begins anew");
      begin(over);
      return;
    }
    for (Stream stream : lanes.all) {
      if (!stream.busy && stream.size() > 0 && isDue(stream)) {
        send(over, stream);
      }
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

  private void send(HubWay over, Stream stream) {
    List<StoredRecord> records = stream.take(MAX_RECORDS, goal);
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
    byte[] body =
        BatchBody.write(
            lanes.epoch(), stream.lane, floor(System.nanoTime()), records, spool.clock());
    return new Batch(stream.lane, lanes.epoch(), Batch.seqs(records), body, records.size());
  }

  /** The lowest number of a while ago: a late copy of a batch must still be known to the hub. */
  private long floor(long now) {
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
    counts.taken(batch);
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
    counts.refused(notNow.getMessage());
    Duration pause = notNow.after() == null ? backOff.after(stream.refusals) : notNow.after();
    var unused =
        loop.schedule(
            () -> {
              if (begun == connection) {
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
