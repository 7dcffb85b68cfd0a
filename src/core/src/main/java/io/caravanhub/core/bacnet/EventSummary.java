package io.caravanhub.core.bacnet;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An object whose event state is not normal or not acknowledged (clause 13.12).
 *
 * @param object which
 * @param state 0 normal, 1 fault, 2 offnormal, 3 high-limit, 4 low-limit
 * @param acknowledged which of to-offnormal, to-fault and to-normal are, as {@code 0} and {@code 1}
 * @param times of the last transition to each
 * @param notifyType 0 alarm, 1 event
 * @param priorities of each
 */
public record EventSummary(
    ObjectId object,
    int state,
    String acknowledged,
    List<EventTime> times,
    int notifyType,
    List<Integer> priorities) {

  /** A page of summaries. */
  record Page(List<EventSummary> summaries, boolean more) {}

  static byte[] ask(@Nullable ObjectId last) {
    TagWriter out = new TagWriter();
    if (last != null) {
      out.objectId(0, last);
    }
    return out.octets();
  }

  static Page decode(byte[] content) {
    TagReader in = new TagReader(content);
    in.open(0);
    List<EventSummary> summaries = new ArrayList<>();
    while (!in.nextCloses(0)) {
      summaries.add(summary(in));
    }
    in.close(0);
    return new Page(List.copyOf(summaries), in.bool(1));
  }

  private static EventSummary summary(TagReader in) {
    ObjectId object = in.objectId(0);
    int state = (int) in.unsigned(1);
    String acknowledged = in.bits(2);
    in.open(3);
    List<EventTime> times = List.of(EventTime.read(in), EventTime.read(in), EventTime.read(in));
    in.close(3);
    int notifyType = (int) in.unsigned(4);
    in.bits(5);
    in.open(6);
    List<Integer> priorities =
        List.of((int) in.unsigned(), (int) in.unsigned(), (int) in.unsigned());
    in.close(6);
    return new EventSummary(object, state, acknowledged, times, notifyType, priorities);
  }

  /** AcknowledgeAlarm (clause 13.5). */
  static byte[] acknowledge(
      long process,
      ObjectId object,
      int state,
      EventTime eventTime,
      String source,
      EventTime acknowledgedAt) {
    TagWriter out = new TagWriter().unsigned(0, process).objectId(1, object).unsigned(2, state);
    out.open(3);
    eventTime.write(out);
    out.close(3).text(4, source).open(5);
    acknowledgedAt.write(out);
    return out.close(5).octets();
  }
}
