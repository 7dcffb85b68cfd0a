package io.caravanhub.edge.rule;

import io.caravanhub.core.rule.Detection;
import io.caravanhub.core.rule.DeviceState;
import io.caravanhub.core.rule.Peers;
import io.caravanhub.core.rule.RuleBook;
import io.caravanhub.core.rule.RuleDevice;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One device under the rules. Thread-safe: its messages are taken one after the other. */
final class JudgedDevice {
  private static final Logger LOG = LoggerFactory.getLogger(JudgedDevice.class);
  private static final long AGAIN_MILLIS = 5_000;

  private final RuleDevice device;
  private final DeviceJournal journal;
  private final EventSink sink;
  private final RuleCounts counts;
  private final long listening;

  /** Rules that ask others are left to the hub. */
  private final Peers nobody = new Peers();

  private @Nullable List<RuleBook.Entry> rules;
  private RuleBook book = new RuleBook(List.of());
  private @Nullable DeviceState state;
  private Map<String, Long> lookBack = Map.of();
  private long longest;
  private long againAt = Long.MIN_VALUE;
  private boolean journalFails;
  private volatile long takenAt;
  private boolean left;

  /**
   * @param listening since when the gateway takes readings
   * @param wall the clock
   */
  JudgedDevice(
      RuleDevice device,
      DeviceJournal journal,
      EventSink sink,
      RuleCounts counts,
      long listening,
      long wall) {
    this.takenAt = wall;
    this.device = device;
    this.journal = journal;
    this.sink = sink;
    this.counts = counts;
    this.listening = listening;
  }

  /**
   * Takes one message.
   *
   * @return false when the device has left, and is to be opened anew
   */
  synchronized boolean take(
      List<RuleBook.Entry> inForce, List<Measurement> measurements, long wall) {
    if (left) {
      return false;
    }
    takenAt = wall;
    List<Detection> found = new ArrayList<>(2);
    DeviceState judge = current(inForce, wall, found);
    boolean speaks = false;
    for (Measurement measurement : measurements) {
      speaks |= measurement.quality() != Quality.BAD;
      if (measurement.quality() == Quality.GOOD && lookBack.containsKey(measurement.metric())) {
        keep(() -> journal.add(measurement, longest, wall));
      }
    }
    judge.accept(measurements, wall, found);
    if (speaks) {
      if (judge.watchesSilence()) {
        journal.heard(wall);
      }
      judge.speaks(wall, found);
    }
    counts.judged(measurements.size());
    tell(found, wall);
    return true;
  }

  /** When it last said something, or was opened. */
  long takenAt() {
    return takenAt;
  }

  /**
   * Leaves, with all that is remembered of it.
   *
   * @return false when it has spoken since then, or something of it waits to be told
   */
  synchronized boolean leave(long silentSince) {
    if (takenAt > silentSince || journal.isUntold()) {
      return false;
    }
    left = true;
    keep(journal::delete);
    return true;
  }

  /** Looks at what only the clock tells, and keeps what was learned. */
  synchronized void watch(List<RuleBook.Entry> inForce, long wall) {
    List<Detection> found = new ArrayList<>(0);
    current(inForce, wall, found).listen(wall, listening, found);
    tell(found, wall);
    keep(journal::flush);
  }

  /** Hands on what could not be before. */
  synchronized void retry(long wall) {
    if (left) {
      return;
    }
    tell(List.of(), wall);
    keep(journal::flush);
  }

  /** Everything that is known is on disk when this returns, unless the disk refuses. */
  synchronized void flush() {
    if (!left) {
      keep(journal::flush);
    }
  }

  /** Forgets what is in memory; the next message rebuilds it. */
  synchronized void forget() {
    state = null;
  }

  private DeviceState current(List<RuleBook.Entry> inForce, long wall, List<Detection> found) {
    DeviceState known = state;
    if (rules != inForce) {
      Set<String> undecided = HubOnly.undecided(inForce, device);
      book =
          new RuleBook(inForce.stream().filter(e -> !undecided.contains(e.rule().id())).toList());
      rules = inForce;
      if (!undecided.isEmpty()) {
        LOG.info(
            "Rules that only the hub evaluates for {}, for edge.yaml does not give its type,"
                + " manufacturer or model: {}",
            device.serial(),
            undecided.stream().sorted().toList());
      }
    }
    if (known == null || known.book() != book && !known.adopt(book)) {
      known = journal.rebuild(device, book, nobody, wall, listening, found);
      state = known;
      lookBack = known.lookBackMillis();
      longest = lookBack.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }
    return known;
  }

  private void tell(List<Detection> found, long wall) {
    for (Detection detection : found) {
      if (detection.kind() != Detection.Kind.ACTIVE && !detection.rule().shadow()) {
        counts.found(detection.kind());
        boolean over = detection.kind() == Detection.Kind.CLEAR;
        JournalEntry.Event event =
            new JournalEntry.Event(
                detection.rule().id(),
                detection.onset().toEpochMilli(),
                over ? detection.at().toEpochMilli() : Long.MIN_VALUE,
                EventJson.write(detection));
        keep(
            () -> {
              if (journal.add(event)) {
                counts.dropped();
              }
            });
        LOG.info(
            "{} {} on {}: {}",
            over ? "Over:" : detection.rule().outcome().severity().label(),
            detection.rule().id(),
            device.serial(),
            detection.message());
      }
    }
    if (wall < againAt) {
      return;
    }
    for (byte[] body = journal.untold(); body != null; body = journal.untold()) {
      try {
        sink.send(device.serial(), body);
      } catch (Exception e) {
        againAt = wall + AGAIN_MILLIS;
        counts.untold();
        LOG.warn("An event of {} waits: {}", device.serial(), e.getMessage());
        return;
      }
      keep(journal::told);
    }
  }

  private interface Keeping {
    void run() throws IOException;
  }

  /** Rules go on without a disk; what is not kept is said once. */
  private void keep(Keeping work) {
    try {
      work.run();
      journalFails = false;
    } catch (IOException e) {
      if (!journalFails) {
        journalFails = true;
        LOG.warn(
            "What rules remember of {} cannot be kept, a restart forgets it: {}",
            device.serial(),
            e.toString());
      }
    }
  }
}
