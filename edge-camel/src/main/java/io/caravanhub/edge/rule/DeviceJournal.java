package io.caravanhub.edge.rule;

import io.caravanhub.core.rule.DevicePast;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.core.telemetry.Quality;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a gateway keeps of one device so that a restart forgets no running duration and tells no
 * event twice: the readings that its rules look back on, and its last events. Two files, of which
 * the older goes when the newer reaches back far enough. Not thread-safe.
 */
final class DeviceJournal implements DevicePast {
  private static final long SHORTEST_MILLIS = 600_000;
  private static final long BYTES_MAX = 8 << 20;
  private static final long HEARD_MILLIS = 10_000;
  private static final int UNTOLD_MAX = 1_000;
  private static final int NAME_MAX = 120;
  private static final String JOURNAL = ".journal";
  private static final String BEFORE = ".journal.before";
  private static final String DRAFT = ".journal.new";
  private static final byte[] NOTHING = {};

  private final Path newer;
  private final Path older;
  private final Path draft;
  private final Map<String, JournalEntry.Event> events = new LinkedHashMap<>();
  private final Queue<JournalEntry.Event> untold = new ArrayDeque<>();
  private JournalFile file;
  private long begun = Long.MAX_VALUE;
  private long heardAt;
  private long heardKept;

  /** What was kept of the device in the folder, which is made when needed. */
  DeviceJournal(Path folder, String device) throws IOException {
    String name = name(device);
    this.newer = folder.resolve(name + JOURNAL);
    this.older = folder.resolve(name + BEFORE);
    this.draft = folder.resolve(name + DRAFT);
    Files.createDirectories(folder);
    if (!Files.exists(newer) && Files.exists(older)) {
      // Between the two steps of begin().
      file = new JournalFile(older, this::remember);
      renew();
    } else {
      file = new JournalFile(newer, this::remember);
    }
  }

  private static String name(String device) {
    String name = URLEncoder.encode(device, StandardCharsets.UTF_8);
    return name.length() > NAME_MAX
        ? name.substring(0, NAME_MAX) + "-" + Integer.toHexString(device.hashCode())
        : name;
  }

  /** Whose journal this file is, or null when it is none, or its name is too long to tell. */
  static @Nullable String device(Path path) {
    String name = String.valueOf(path.getFileName());
    String end = name.endsWith(BEFORE) ? BEFORE : JOURNAL;
    if (!name.endsWith(end)) {
      return null;
    }
    name = name.substring(0, name.length() - end.length());
    try {
      String device = URLDecoder.decode(name, StandardCharsets.UTF_8);
      return name(device).equals(name) ? device : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** Forgets all that was kept. */
  void delete() throws IOException {
    for (Path path : List.of(draft, older, newer)) {
      Files.deleteIfExists(path);
    }
  }

  /** Whether something waits to be told. */
  boolean isUntold() {
    return !untold.isEmpty();
  }

  private void remember(JournalEntry entry) {
    if (entry instanceof JournalEntry.Event event) {
      events.put(event.rule(), event);
      if (event.body().length > 0) {
        untold.add(event);
      }
    } else if (entry instanceof JournalEntry.Told) {
      untold.poll();
    } else if (entry instanceof JournalEntry.Heard heard) {
      heardAt = Math.max(heardAt, heard.time());
    }
  }

  /**
   * Takes a good reading that a rule looks at.
   *
   * @param lookBackMillis how far back rules look
   * @param wall the clock
   */
  void add(Measurement reading, long lookBackMillis, long wall) throws IOException {
    begun = Math.min(begun, wall);
    if (wall - begun > Math.max(lookBackMillis, SHORTEST_MILLIS) || file.size() > BYTES_MAX) {
      begin();
      begun = wall;
    }
    file.add(
        new JournalEntry.Read(
            reading.metric(),
            reading.unit(),
            reading.ts().toEpochMilli(),
            reading.value(),
            reading.text()));
  }

  /** A new file, in which the last events stand first; it is whole before the old one moves. */
  private void begin() throws IOException {
    file.flush();
    renew();
  }

  private void renew() throws IOException {
    Files.deleteIfExists(draft);
    JournalFile fresh = new JournalFile(draft, nothing -> {});
    for (JournalEntry.Event event : events.values()) {
      fresh.add(new JournalEntry.Event(event.rule(), event.onset(), event.endedAt(), NOTHING));
    }
    for (JournalEntry.Event event : untold) {
      fresh.add(event);
    }
    fresh.add(new JournalEntry.Heard(heardAt));
    fresh.sync();
    if (Files.exists(newer)) {
      Files.move(newer, older, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.move(draft, newer);
    file = new JournalFile(newer, nothing -> {});
  }

  /** The device has said something. */
  void heard(long time) {
    heardAt = Math.max(heardAt, time);
  }

  /**
   * An event that the hub is to be told of: on the disk when this returns. Of more than {@value
   * #UNTOLD_MAX} the oldest are forgotten.
   *
   * @return whether one was forgotten for it
   */
  boolean add(JournalEntry.Event event) throws IOException {
    events.put(event.rule(), event);
    boolean full = untold.size() >= UNTOLD_MAX;
    if (full) {
      told();
    }
    untold.add(event);
    file.add(event);
    file.sync();
    return full;
  }

  /** What the hub is to be told next, or null. */
  byte @Nullable [] untold() {
    JournalEntry.Event next = untold.peek();
    return next == null ? null : next.body();
  }

  /** That was handed on. Forgotten by a sudden end, it is told again in the same words. */
  void told() throws IOException {
    untold.remove();
    file.add(new JournalEntry.Told());
  }

  /** Writes what was taken since the last time. */
  void flush() throws IOException {
    if (heardAt - heardKept >= HEARD_MILLIS) {
      heardKept = heardAt;
      file.add(new JournalEntry.Heard(heardAt));
    }
    file.flush();
  }

  @Override
  public List<LastEvent> lastEvents() {
    return events.values().stream()
        .map(
            event ->
                new LastEvent(
                    event.rule(),
                    Instant.ofEpochMilli(event.onset()),
                    event.isOpen() ? null : Instant.ofEpochMilli(event.endedAt())))
        .toList();
  }

  @Override
  public List<Measurement> recent(Map<String, Long> lookBackMillis) {
    List<JournalEntry.Read> kept = new ArrayList<>();
    Consumer<JournalEntry> taker =
        entry -> {
          if (entry instanceof JournalEntry.Read read
              && lookBackMillis.containsKey(read.metric())) {
            kept.add(read);
          }
        };
    try {
      file.flush();
      JournalFile unused = new JournalFile(older, taker);
      file = new JournalFile(newer, taker);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long newest = kept.stream().mapToLong(JournalEntry.Read::time).max().orElse(0);
    return kept.stream()
        .filter(read -> read.time() >= newest - lookBackMillis.getOrDefault(read.metric(), 0L))
        .sorted(Comparator.comparingLong(JournalEntry.Read::time))
        .map(DeviceJournal::measurement)
        .toList();
  }

  private static Measurement measurement(JournalEntry.Read read) {
    return new Measurement(
        read.metric(),
        Instant.ofEpochMilli(read.time()),
        read.value(),
        read.text(),
        read.unit(),
        Quality.GOOD,
        null);
  }

  @Override
  public Optional<Instant> lastHeard() {
    return heardAt == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(heardAt));
  }
}
