package io.caravanhub.hub.observability;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Spans of exchanges. An exchange carries the context that its steps belong to; across channels and
 * the outbox it travels as a {@code traceparent} (W3C Trace Context, 3.2). Thread-safe.
 */
final class Traces {
  /** The exchange property with the {@link Context} in force. */
  static final String CONTEXT = "hub-trace";

  /** The header that goes with a message over the hub's own topic. */
  static final String HEADER = "hub-traceparent";

  /** The route that takes messages out of that topic: nobody else's header counts. */
  private static final String TAKE = "take-raw";

  private static final AttributeKey<String> TENANT = AttributeKey.stringKey("caravan.tenant");
  private static final AttributeKey<String> DEVICE = AttributeKey.stringKey("caravan.device");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("caravan.route");

  private final Tracer tracer;

  Traces(Tracer tracer) {
    this.tracer = tracer;
  }

  /** Begins a span of the exchange, which is its context until {@link #end}. */
  Span begin(Exchange exchange, String name) {
    Context parent = parent(exchange);
    Span span = tracer.spanBuilder(name).setParent(parent).startSpan();
    if (span.isRecording()) {
      span.setAttribute(ROUTE, exchange.getFromRouteId());
      describe(span, exchange);
    }
    exchange.setProperty(CONTEXT, parent.with(span));
    return span;
  }

  /**
   * Lets the message carry its context, recorded or not, to whoever takes it out of Kafka. What its
   * sender wrote there does not count.
   */
  static void send(Exchange exchange) {
    SpanContext span =
        exchange.getProperty(CONTEXT) instanceof Context known
            ? Span.fromContext(known).getSpanContext()
            : SpanContext.getInvalid();
    if (span.isValid()) {
      exchange.getMessage().setHeader(HEADER, TraceContext.of(span));
    } else {
      exchange.getMessage().removeHeader(HEADER);
    }
  }

  /** Whether the exchange belongs to a trace already. */
  static boolean isTraced(Exchange exchange) {
    return Span.fromContext(parent(exchange)).getSpanContext().isValid();
  }

  /** Ends it; the context is again what it was before. */
  void end(Exchange exchange, Span span, @Nullable Object before) {
    if (span.isRecording()) {
      describe(span, exchange);
    }
    Exception failure = exchange.getException();
    if (failure == null) {
      failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    }
    if (failure != null) {
      span.recordException(failure);
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
    if (before == null) {
      exchange.removeProperty(CONTEXT);
    } else {
      exchange.setProperty(CONTEXT, before);
    }
  }

  /** What is known of the message; of a batch nothing is, for it has many senders. */
  private static void describe(Span span, Exchange exchange) {
    String tenant = exchange.getMessage().getHeader(TelemetryHeaders.TENANT, String.class);
    String device = exchange.getMessage().getHeader(TelemetryHeaders.DEVICE, String.class);
    if (tenant != null) {
      span.setAttribute(TENANT, tenant);
    }
    if (device != null) {
      span.setAttribute(DEVICE, device);
    }
  }

  private static Context parent(Exchange exchange) {
    if (exchange.getProperty(CONTEXT) instanceof Context known) {
      return known;
    }
    String sent = null;
    if (exchange.getMessage().getBody() instanceof Traced traced) {
      sent = traced.traceparent();
    } else if (TAKE.equals(exchange.getFromRouteId())) {
      sent = exchange.getMessage().getHeader(HEADER, String.class);
    }
    return sent == null ? Context.root() : read(sent);
  }

  /** The context of a traceparent; none where it cannot be read. */
  static Context read(String traceparent) {
    return W3CTraceContextPropagator.getInstance()
        .extract(Context.root(), Map.of("traceparent", traceparent), Carried.INSTANCE);
  }

  private enum Carried implements TextMapGetter<Map<String, String>> {
    INSTANCE;

    @Override
    public Iterable<String> keys(Map<String, String> carrier) {
      return carrier.keySet();
    }

    @Override
    public @Nullable String get(@Nullable Map<String, String> carrier, String key) {
      return carrier == null ? null : carrier.get(key);
    }
  }
}
