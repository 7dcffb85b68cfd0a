package io.caravanhub.edge.uplink;

import io.caravanhub.edge.spool.RecordKind;
import io.caravanhub.edge.spool.Spool;
import io.caravanhub.edge.spool.StoredRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the record on which the hub fails: a batch that fails again and again is halved, down to
 * one record, which then waits behind the others, in the spool, and is tried alone now and then. It
 * is passed over only when the hub has taken something else since it first failed on this very
 * record: a hub that takes nothing at all makes none a suspect. When nothing else is under way, the
 * record is held back for as long as it takes to see whether the next one is taken. For the
 * uplink's thread.
 */
final class Suspects {
  private static final Logger LOG = LoggerFactory.getLogger(Suspects.class);

  /** Failures in a row of a batch before it is halved, or of a record before it is passed over. */
  private static final int PATIENCE = 3;

  private static final int LONGEST = 60;

  /** So many batches taken in a row end the care: a stream may have nothing left to send. */
  private static final int CALM = 8;

  private static final class Course {
    /** Records of a batch that was halved. */
    final Deque<StoredRecord> back = new ArrayDeque<>();

    List<StoredRecord> out = List.of();
    int limit = Integer.MAX_VALUE;
    int failures;
    long takenBefore;
    boolean broke;
  }

  private final Map<Stream, Course> courses = new IdentityHashMap<>();

  /** Those passed over, and whether they are events. */
  private final TreeMap<Long, Boolean> passedOver = new TreeMap<>();

  private final long pauseNanos;
  private String epoch = "";
  private long taken;
  private long takenAtLast = -1;

  /** Held back until it is known whether another is taken. */
  private @Nullable StoredRecord held;

  /** Which stream it goes back to; null while it is in the spool alone. */
  private @Nullable Stream heldOf;

  private int calm;
  private int tries;
  private long tryAt;
  private long triedLast;

  /**
   * @param pauseNanos before the first new try of a record that was passed over
   */
  Suspects(long pauseNanos) {
    this.pauseNanos = pauseNanos;
  }

  private Course course(Stream stream) {
    return courses.computeIfAbsent(stream, s -> new Course());
  }

  /** A connection begins: what was out is read from the spool again. */
  void begin(String ofSpool) {
    if (!epoch.equals(ofSpool)) {
      epoch = ofSpool;
      passedOver.clear();
      courses.clear();
      held = null;
    }
    heldOf = null;
    for (Course course : courses.values()) {
      course.back.clear();
      course.out = List.of();
    }
  }

  int passedOver() {
    return passedOver.size();
  }

  boolean hasMore(Stream stream) {
    return !course(stream).back.isEmpty() || stream.size() > 0 || heldOf == stream;
  }

  /** Whether one batch at a time is to be out, so that it is known which one the hub fails on. */
  boolean careful() {
    return courses.values().stream().anyMatch(course -> course.broke);
  }

  /** The next batch of a stream, empty when all that was left waits behind the others. */
  List<StoredRecord> take(Stream stream, int records, long bytes) {
    Course course = course(stream);
    int most = Math.min(records, course.limit);
    List<StoredRecord> batch = new ArrayList<>();
    while (!course.back.isEmpty() && batch.size() < most) {
      batch.add(course.back.remove());
    }
    while (batch.isEmpty() && stream.size() > 0) {
      batch.addAll(stream.take(most, bytes));
      batch.removeIf(record -> passedOver.containsKey(record.seq()) || isHeld(record, stream));
    }
    if (batch.isEmpty() && heldOf == stream) {
      // There is nothing else to try.
      release();
      batch.add(course.back.remove());
    }
    course.out = List.copyOf(batch);
    return batch;
  }

  private boolean isHeld(StoredRecord record, Stream stream) {
    StoredRecord kept = held;
    if (kept == null || kept.seq() != record.seq()) {
      return false;
    }
    heldOf = stream;
    return true;
  }

  private void release() {
    StoredRecord kept = held;
    if (kept != null && heldOf != null) {
      course(heldOf).back.addFirst(kept);
    }
    held = null;
    heldOf = null;
  }

  /** The hub has a batch. */
  void taken(Stream stream) {
    Course course = course(stream);
    StoredRecord kept = held;
    if (kept != null) {
      passOver(kept, stream.lane);
      held = null;
      heldOf = null;
    }
    course.out = List.of();
    course.failures = 0;
    course.broke = false;
    course.limit = course.limit > Integer.MAX_VALUE / 2 ? Integer.MAX_VALUE : course.limit * 2;
    taken++;
    if (++calm >= CALM) {
      courses.values().forEach(each -> each.broke = false);
    }
  }

  /**
   * The hub has not taken a batch and answers still.
   *
   * @param ofThis whether its reason lies in this batch; else it counts only when the hub takes
   *     others meanwhile
   * @return whether to send another batch instead
   */
  boolean refused(Stream stream, boolean ofThis) {
    Course course = course(stream);
    if (course.failures == 0) {
      course.takenBefore = taken;
      course.failures = 1;
      return false;
    }
    if (ofThis || taken > course.takenBefore) {
      return failed(stream, course);
    }
    return false;
  }

  /** The connection ended with a batch out. */
  void broke(Stream stream) {
    Course course = course(stream);
    if (course.out.isEmpty()) {
      return;
    }
    calm = 0;
    if (course.failures == 0) {
      course.takenBefore = taken;
    }
    if (course.failures + 1 >= PATIENCE) {
      course.broke = true;
    }
    failed(stream, course);
  }

  private boolean failed(Stream stream, Course course) {
    boolean another = held != null && heldOf == stream;
    if (another) {
      // Neither is taken: the one that was held back is next again.
      putBack(course);
      course.failures = 0;
    }
    if (held != null) {
      release();
    }
    if (another) {
      return true;
    }
    if (++course.failures < PATIENCE || course.out.isEmpty()) {
      return false;
    }
    int size = course.out.size();
    if (size > 1) {
      putBack(course);
      course.limit = size / 2;
      course.failures = course.limit == 1 ? PATIENCE - 2 : PATIENCE - 1;
      course.takenBefore = taken;
      return true;
    }
    if (course.takenBefore < taken && takenAtLast < taken) {
      passOver(course.out.get(0), stream.lane);
      course.broke = false;
    } else if (hasMore(stream)) {
      held = course.out.get(0);
      heldOf = stream;
    } else {
      return false;
    }
    course.failures = 0;
    course.out = List.of();
    return true;
  }

  private static void putBack(Course course) {
    for (int i = course.out.size() - 1; i >= 0; i--) {
      course.back.addFirst(course.out.get(i));
    }
    course.out = List.of();
  }

  private void passOver(StoredRecord record, Lane lane) {
    takenAtLast = taken;
    passedOver.put(record.seq(), record.content().kind() == RecordKind.EVENT);
    tries = Math.max(tries, 1);
    tryAt = Math.max(tryAt, System.nanoTime() + tries * pauseNanos);
    LOG.error(
        "The hub fails on record {} of {} ({} bytes, {}): it waits behind the others, in the spool",
        record.seq(),
        record.content().device(),
        record.content().body().length,
        lane);
  }

  /** Whether one is to be tried now, and an event waits, which goes ahead of old records. */
  boolean eventIsDue(long now) {
    return pause(now) == 0 && passedOver.containsValue(true);
  }

  /** Nanoseconds until the next one is to be tried; negative when none waits. */
  long pause(long now) {
    return passedOver.isEmpty() ? -1 : Math.max(0, tryAt - now);
  }

  /** One that was passed over and is to be tried alone now. */
  @Nullable StoredRecord next(Spool spool, long now) {
    while (pause(now) == 0) {
      Map.Entry<Long, Boolean> entry = passedOver.higherEntry(triedLast);
      entry = entry == null ? passedOver.firstEntry() : entry;
      triedLast = entry.getKey();
      Spool.Slice slice = spool.read(entry.getValue(), triedLast - 1, triedLast, 1, 1);
      if (!slice.epoch().equals(epoch)) {
        return null;
      }
      if (!slice.records().isEmpty()) {
        return slice.records().get(0);
      }
      passedOver.remove(triedLast);
    }
    return null;
  }

  /** How the try ended. */
  void tried(boolean well, long now) {
    if (well) {
      passedOver.remove(triedLast);
      LOG.info(
          "The hub has taken record {} after all; {} more wait behind the others",
          triedLast,
          passedOver.size());
      taken++;
    }
    tries = well ? 1 : Math.min(LONGEST, tries * 2);
    tryAt = well ? now : now + tries * pauseNanos;
  }
}
