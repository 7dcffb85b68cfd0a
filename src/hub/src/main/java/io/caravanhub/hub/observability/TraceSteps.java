package io.caravanhub.hub.observability;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Lets each step of a route know the trace it works for: what it logs and what it records of an
 * event carries that. Recording an event with its actions is a span. Records of the hub's own topic
 * take the trace along.
 */
final class TraceSteps implements InterceptStrategy {
  private static final String RECORD = "evaluate-record";
  private static final String SEND = "send-normalized-topic";

  private final Traces traces;

  TraceSteps(Traces traces) {
    this.traces = traces;
  }

  @Override
  public Processor wrapProcessorInInterceptors(
      CamelContext context, NamedNode definition, Processor target, Processor nextTarget) {
    String id = definition.getId();
    if (SEND.equals(id)) {
      return new Send(target);
    }
    return RECORD.equals(id) ? new Plan(target) : new Step(target);
  }

  private static class Step extends DelegateAsyncProcessor {
    Step(Processor target) {
      super(target);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      if (exchange.getProperty(Traces.CONTEXT) instanceof Context trace) {
        try (Scope scope = trace.makeCurrent()) {
          return super.process(exchange, callback);
        }
      }
      return super.process(exchange, callback);
    }
  }

  private static final class Send extends Step {
    Send(Processor target) {
      super(target);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      Traces.sendEach(exchange);
      return super.process(exchange, callback);
    }
  }

  private final class Plan extends Step {
    Plan(Processor target) {
      super(target);
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      Object before = exchange.getProperty(Traces.CONTEXT);
      Span span = traces.begin(exchange, "plan");
      return super.process(
          exchange,
          doneSync -> {
            traces.end(exchange, List.of(span), before);
            callback.done(doneSync);
          });
    }
  }
}
