package io.caravanhub.hub.gateway;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sequence numbers as ranges without gaps, in the text form of PostgreSQL's {@code int8multirange}.
 * Not thread-safe.
 */
final class SequenceSet {
  private static final Pattern RANGE = Pattern.compile("\\[(-?\\d+),(-?\\d+)\\)");

  /** From the first of a range to the one after its last. */
  private final TreeMap<Long, Long> ranges = new TreeMap<>();

  /** Reads {@code {[1,5),[9,10)}}, as PostgreSQL writes ranges of whole numbers. */
  static SequenceSet of(String text) {
    SequenceSet set = new SequenceSet();
    Matcher range = RANGE.matcher(text);
    while (range.find()) {
      set.ranges.put(Long.parseLong(range.group(1)), Long.parseLong(range.group(2)));
    }
    return set;
  }

  boolean contains(long number) {
    Map.Entry<Long, Long> range = ranges.floorEntry(number);
    return range != null && number < range.getValue();
  }

  /**
   * Adds a number below {@link Long#MAX_VALUE}.
   *
   * @return false when it was there
   */
  boolean add(long number) {
    Map.Entry<Long, Long> before = ranges.floorEntry(number);
    if (before != null && number < before.getValue()) {
      return false;
    }
    long from = before != null && before.getValue() == number ? before.getKey() : number;
    Long after = ranges.remove(number + 1);
    ranges.put(from, after == null ? number + 1 : after);
    return true;
  }

  void addAll(SequenceSet other) {
    other.ranges.forEach(
        (from, to) -> {
          long begin = from;
          long end = to;
          Map.Entry<Long, Long> touching = ranges.floorEntry(end);
          while (touching != null && touching.getValue() >= begin) {
            begin = Math.min(begin, touching.getKey());
            end = Math.max(end, touching.getValue());
            ranges.remove(touching.getKey());
            touching = ranges.floorEntry(end);
          }
          ranges.put(begin, end);
        });
  }

  boolean isEmpty() {
    return ranges.isEmpty();
  }

  /** As PostgreSQL reads it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("{");
    ranges.forEach(
        (from, to) ->
            text.append(text.length() == 1 ? "" : ",")
                .append('[')
                .append(from)
                .append(',')
                .append(to)
                .append(')'));
    return text.append('}').toString();
  }
}
