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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;

/**
 * Spans of exchanges. An exchange carries the context that its steps belong to; across channels and
 * the outbox it travels as a {@code traceparent} (W3C Trace Context, 3.2). Thread-safe.
 */
final class Traces {
  /**
   * The exchange property with the {@link Context} in force; of a batch, its {@link BatchTrace}.
   */
  static final String CONTEXT = "hub-trace";

  /** The route that takes single messages out of Kafka: nobody else's header counts. */
  private static final String TAKE = "take-raw";

  private static final AttributeKey<String> TENANT = AttributeKey.stringKey("caravan.tenant");
  private static final AttributeKey<String> DEVICE = AttributeKey.stringKey("caravan.device");
  private static final AttributeKey<String> ROUTE = AttributeKey.stringKey("caravan.route");

  private final Tracer tracer;

  Traces(Tracer tracer) {
    this.tracer = tracer;
  }

  /**
   * Begins a stage that takes the exchange: a span of it or, of a batch, one in each message's own
   * trace. They are its context until {@link #end}.
   */
  List<Span> beginStage(Exchange exchange, String name) {
    BatchTrace batch = BatchTrace.of(exchange);
    if (batch == null) {
      return List.of(begin(exchange, name));
    }
    List<Span> spans = new ArrayList<>();
    exchange.setProperty(CONTEXT, batch.begin(tracer, name, spans));
    return spans;
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
    String carried = carried(exchange);
    if (carried != null) {
      exchange.getMessage().setHeader(Traced.HEADER, carried);
    } else {
      exchange.getMessage().removeHeader(Traced.HEADER);
    }
  }

  /** Lets each of the records in the body carry the exchange's context. */
  static void sendEach(Exchange exchange) {
    String carried = carried(exchange);
    if (carried != null && exchange.getMessage().getBody() instanceof List<?> records) {
      for (Object record : records) {
        if (record instanceof Message message) {
          message.setHeader(Traced.HEADER, carried);
        }
      }
    }
  }

  private static @Nullable String carried(Exchange exchange) {
    if (exchange.getProperty(CONTEXT) instanceof Context known) {
      SpanContext span = Span.fromContext(known).getSpanContext();
      return span.isValid() ? TraceContext.of(span) : null;
    }
    return null;
  }

  /** Whether the exchange belongs to a trace already. */
  static boolean isTraced(Exchange exchange) {
    return Span.fromContext(parent(exchange)).getSpanContext().isValid();
  }

  /** Ends them; the context is again what it was before. */
  void end(Exchange exchange, List<Span> spans, @Nullable Object before) {
    Exception failure = exchange.getException();
    if (failure == null) {
      failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    }
    for (Span span : spans) {
      end(exchange, span, failure);
    }
    if (before == null) {
      exchange.removeProperty(CONTEXT);
    } else {
      exchange.setProperty(CONTEXT, before);
    }
  }

  private static void end(Exchange exchange, Span span, @Nullable Exception failure) {
    if (span.isRecording()) {
      describe(span, exchange);
    }
    if (failure != null) {
      span.recordException(failure);
      span.setStatus(StatusCode.ERROR);
    }
    span.end();
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
    Object known = exchange.getProperty(CONTEXT);
    if (known instanceof Context context) {
      return context;
    }
    if (known instanceof BatchTrace batch) {
      return batch.origin(exchange);
    }
    String sent = null;
    if (exchange.getMessage().getBody() instanceof Traced traced) {
      sent = traced.traceparent();
    } else if (TAKE.equals(exchange.getFromRouteId())) {
      sent = exchange.getMessage().getHeader(Traced.HEADER, String.class);
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
