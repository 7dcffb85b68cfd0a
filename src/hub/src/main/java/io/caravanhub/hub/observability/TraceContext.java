package io.caravanhub.hub.observability;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.util.Optional;

/** The trace that the calling thread works for; there is none while traces are off. */
public final class TraceContext {
  private TraceContext() {}

  /** As a {@code traceparent}, which says whether the trace is recorded. */
  public static Optional<String> current() {
    SpanContext span = span();
    return span.isValid() ? Optional.of(of(span)) : Optional.empty();
  }

  static String of(SpanContext span) {
    return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-" + span.getTraceFlags().asHex();
  }

  static SpanContext span() {
    return Span.current().getSpanContext();
  }
}
