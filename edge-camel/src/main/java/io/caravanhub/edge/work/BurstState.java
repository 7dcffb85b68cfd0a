package io.caravanhub.edge.work;

import io.caravanhub.core.work.Burst;
import io.caravanhub.core.work.WorkRule;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Whether a burst of one device is on, and the raw past for the next. The longest times among the
 * device's rules are in force. Not thread-safe.
 */
final class BurstState {
  private final String device;
  private final boolean byEvent;
  private final long before;
  private final long after;
  private final long pause;
  private final WorkCounts counts;
  private final RawPast past;
  private final CanonicalMessage reader = new CanonicalMessage(new SeriesTable(BurstState::bare));
  private @Nullable String id;
  private long from;
  private long until = Long.MIN_VALUE;
  private long lastAt;

  private BurstState(
      String device, List<Burst> bursts, WorkCounts counts, Function<Long, RawPast> past) {
    this.device = device;
    this.byEvent = bursts.stream().anyMatch(Burst::event);
    this.before = longest(bursts, Burst::before);
    this.after = longest(bursts, Burst::after);
    this.pause = longest(bursts, Burst::pause);
    this.counts = counts;
    this.past = past.apply(before);
  }

  /** The state of a device, or null when no rule asks for bursts of it. */
  static @Nullable BurstState of(
      String device, WorkSettings settings, WorkCounts counts, AtomicLong used) {
    List<Burst> bursts =
        settings.rules().stream()
            .filter(rule -> rule.devices().matches(device))
            .map(WorkRule::burst)
            .filter(Objects::nonNull)
            .toList();
    return bursts.isEmpty()
        ? null
        : new BurstState(
            device, bursts, counts, before -> new RawPast(before, used, settings.memory()));
  }

  private static long longest(List<Burst> bursts, Function<Burst, Duration> what) {
    return bursts.stream().map(what).mapToLong(Duration::toNanos).max().orElse(0) / 1_000;
  }

  private static Series bare(String metric) {
    return new Series(metric, null, null);
  }

  /**
   * Takes notice of a message.
   *
   * @param rest what goes on of it without a burst
   * @param unusual whether a reading in it sets one off
   * @return whether it goes on whole
   */
  boolean take(
      byte[] body,
      byte @Nullable [] rest,
      CanonicalMessage message,
      boolean unusual,
      Consumer<byte[]> out) {
    lastAt = message.at();
    if (id != null && (lastAt > until || lastAt < from)) {
      id = null;
    }
    if (id == null && unusual) {
      begin(out);
    }
    if (id == null) {
      counts.burstShort.add(past.add(lastAt, body, rest == body));
      return false;
    }
    counts.burstMessages.increment();
    return true;
  }

  /** A message of the burst that is on. */
  byte[] mark(byte[] body, CanonicalMessage message) {
    return Marks.mark(body, message.metadataAt(), "burst", String.valueOf(id));
  }

  /** Gives back what it holds; nothing comes after. */
  void end() {
    past.clear();
  }

  void event(Consumer<byte[]> out) {
    if (byEvent && id == null && lastAt > 0) {
      begin(out);
    }
  }

  private void begin(Consumer<byte[]> out) {
    boolean tooSoon = until != Long.MIN_VALUE && lastAt >= until && lastAt < until + pause;
    if (tooSoon) {
      return;
    }
    String fresh = device + "-" + lastAt / 1_000;
    id = fresh;
    from = lastAt;
    until = lastAt + after;
    counts.bursts.increment();
    for (byte[] raw : past.takeSince(lastAt - before)) {
      if (reader.read(raw)) {
        counts.burstMessages.increment();
        out.accept(Marks.mark(raw, reader.metadataAt(), "burst", fresh));
      }
    }
  }
}
