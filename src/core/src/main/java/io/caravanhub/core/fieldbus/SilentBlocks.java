package io.caravanhub.core.fieldbus;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Blocks of registers that one device leaves without an answer though it answers others. Such a
 * block is asked for last; after three time-outs with answers between them it rests, and is tried
 * again once a minute. Outlives connections, for a time-out ends one. Safe for many threads.
 */
final class SilentBlocks {
  static final String REASON =
      "the device answers others but not this block; it is asked again once a minute";
  private static final int PATIENCE = 3;
  // So many without an answer, and it is the device that is silent.
  private static final int MOST_ALONE = 3;
  private static final long REST = Duration.ofMinutes(1).toNanos();

  private final Map<Key, Silence> silences = new HashMap<>();
  private long answers;

  private record Key(Register.Table table, int address, int quantity) {
    static Key of(RegisterBlock block) {
      return new Key(block.table(), block.address(), block.quantity());
    }
  }

  private static final class Silence {
    private int timeouts;
    private long answersBefore = -1;
    private long restsUntil;
  }

  /** The blocks with those at the end that had no answer last time. */
  synchronized List<RegisterBlock> last(List<RegisterBlock> blocks) {
    long unanswered =
        silences.values().stream().filter(silence -> silence.answersBefore == answers).count();
    if (silences.isEmpty() || unanswered >= MOST_ALONE) {
      return blocks;
    }
    List<RegisterBlock> ordered = new ArrayList<>(blocks);
    ordered.removeIf(block -> silences.containsKey(Key.of(block)));
    blocks.stream().filter(block -> silences.containsKey(Key.of(block))).forEach(ordered::add);
    return ordered;
  }

  synchronized void answered(RegisterBlock block) {
    answers++;
    silences.remove(Key.of(block));
  }

  /** Takes a time-out; true when it is of this block alone. */
  synchronized boolean timedOut(RegisterBlock block) {
    Silence silence = silences.computeIfAbsent(Key.of(block), fresh -> new Silence());
    if (silence.answersBefore != answers) {
      silence.timeouts++;
      silence.answersBefore = answers;
      silence.restsUntil = System.nanoTime() + REST;
      return silence.timeouts >= PATIENCE;
    }
    return false;
  }

  synchronized boolean rests(RegisterBlock block) {
    Silence silence = silences.get(Key.of(block));
    return silence != null
        && silence.timeouts >= PATIENCE
        && silence.restsUntil - System.nanoTime() > 0;
  }
}
