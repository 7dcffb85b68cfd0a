package io.caravanhub.hub.observability;

import io.opentelemetry.api.trace.Span;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.jspecify.annotations.Nullable;

/**
 * A span for each stage that a message goes through, and none for other routes; to the hub's own
 * topic the message takes its trace along.
 */
final class TraceRoutes implements RoutePolicyFactory {
  private static final String INGEST = "ingest";
  private static final String DELIVER = "deliver";
  private static final String SEND = "send-raw";
  private static final Map<String, String> STAGES =
      Map.of(
          "telemetry-ingest", INGEST,
          "normalize", "normalize",
          "store", "store",
          "evaluate", "rule",
          "deliver", DELIVER);

  private final Traces traces;

  TraceRoutes(Traces traces) {
    this.traces = traces;
  }

  @Override
  public @Nullable RoutePolicy createRoutePolicy(
      CamelContext context, String routeId, NamedNode route) {
    if (SEND.equals(routeId)) {
      return new Send();
    }
    String stage = STAGES.get(routeId);
    if (stage == null && route instanceof RouteDefinition r && INGEST.equals(r.getGroup())) {
      stage = INGEST;
    }
    return stage == null ? null : new Stage(stage, "hub-span-" + routeId);
  }

  private static final class Send extends RoutePolicySupport {
    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
      Traces.send(exchange);
    }
  }

  private record Begun(List<Span> spans, @Nullable Object before) {}

  private final class Stage extends RoutePolicySupport {
    private final String name;
    private final String property;

    Stage(String name, String property) {
      this.name = name;
      this.property = property;
    }

    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
      Object before = exchange.getProperty(Traces.CONTEXT);
      // One way in may use another. Events of no message, as of the clock, have no trace.
      if (before != null && name.equals(INGEST)
          || name.equals(DELIVER) && !Traces.isTraced(exchange)) {
        return;
      }
      List<Span> spans = traces.beginStage(exchange, name);
      exchange.setProperty(property, new Begun(spans, before));
    }

    @Override
    public void onExchangeDone(Route route, Exchange exchange) {
      if (exchange.removeProperty(property) instanceof Begun begun) {
        traces.end(exchange, begun.spans(), begun.before());
      }
    }
  }
}
