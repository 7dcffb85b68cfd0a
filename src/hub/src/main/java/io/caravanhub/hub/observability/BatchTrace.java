package io.caravanhub.hub.observability;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.jspecify.annotations.Nullable;

/**
 * Where each message of a batch stands in its own trace, for out of Kafka a body holds messages of
 * many publishes. Immutable.
 */
public final class BatchTrace {
  /** The exchange property with what the body's messages came in: {@link Traced}, one for each. */
  public static final String RECORDS = "hub-trace-records";

  /**
   * The exchange property with what the body's messages led to: for each part that is split off,
   * the index of its message, in a list.
   */
  public static final String ORIGINS = "hub-trace-origins";

  private final List<Context> each;

  private BatchTrace(List<Context> each) {
    this.each = each;
  }

  /** Of a batch that is about to be taken, or is under way; null of one message. */
  static @Nullable BatchTrace of(Exchange exchange) {
    Object known = exchange.getProperty(Traces.CONTEXT);
    if (known != null) {
      return known instanceof BatchTrace batch ? batch : null;
    }
    List<?> records = exchange.getProperty(RECORDS, List.class);
    if (records == null) {
      return null;
    }
    Map<String, Context> sent = new HashMap<>();
    List<Context> each = new ArrayList<>(records.size());
    for (Object record : records) {
      String traceparent = ((Traced) record).traceparent();
      each.add(
          traceparent == null ? Context.root() : sent.computeIfAbsent(traceparent, Traces::read));
    }
    return new BatchTrace(each);
  }

  /**
   * Begins a span in each trace; messages that one span has sent share theirs, as do those that
   * bring no trace.
   *
   * @param spans takes what is to be ended
   */
  BatchTrace begin(Tracer tracer, String name, List<Span> spans) {
    Map<Context, Context> begun = new IdentityHashMap<>();
    List<Context> inside = new ArrayList<>(each.size());
    for (Context parent : each) {
      inside.add(
          begun.computeIfAbsent(
              parent,
              known -> {
                Span span = tracer.spanBuilder(name).setParent(known).startSpan();
                spans.add(span);
                return known.with(span);
              }));
    }
    return new BatchTrace(inside);
  }

  /** Where the message stands that a part of a split came of; nowhere when nothing says which. */
  Context origin(Exchange part) {
    List<?> origins = part.getProperty(ORIGINS, List.class);
    Integer index = part.getProperty(ExchangePropertyKey.SPLIT_INDEX, Integer.class);
    return origins == null || index == null
        ? Context.root()
        : each.get((Integer) origins.get(index));
  }
}
