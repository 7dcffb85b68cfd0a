package io.caravanhub.hub.pipeline;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.springframework.stereotype.Component;

/**
 * Counts what enters each route and what fails in it, for the console and for Prometheus: two
 * counters a message and nothing more. A route that is reloaded goes on counting. An exchange whose
 * failure a policy handled (dead letter, retry queue) counts as failed too, because a person looks
 * for exactly those.
 */
@Component
public final class RouteMeter implements RoutePolicyFactory {
  private final Map<String, Counts> routes = new ConcurrentHashMap<>();
  private final MeterRegistry meters;

  public RouteMeter(MeterRegistry meters) {
    this.meters = meters;
  }

  /** What one route did since the hub started. */
  public static final class Counts extends RoutePolicySupport {
    private final LongAdder in = new LongAdder();
    private final LongAdder failed = new LongAdder();

    private Counts() {}

    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
      in.increment();
    }

    @Override
    public void onExchangeDone(Route route, Exchange exchange) {
      if (exchange.isFailed() || exchange.getExchangeExtension().isFailureHandled()) {
        failed.increment();
      }
    }

    /** Messages that entered. */
    public long in() {
      return in.sum();
    }

    /** Messages that failed, handled or not. */
    public long failed() {
      return failed.sum();
    }
  }

  @Override
  public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
    return of(routeId);
  }

  /** The counts of one route; zeros for one that never ran. */
  public Counts of(String routeId) {
    return routes.computeIfAbsent(routeId, this::register);
  }

  private Counts register(String routeId) {
    Counts counts = new Counts();
    FunctionCounter.builder("hub.route.messages", counts, Counts::in)
        .description("messages that entered a route")
        .tag("route", routeId)
        .register(meters);
    FunctionCounter.builder("hub.route.failures", counts, Counts::failed)
        .description("messages that failed in a route, also those a policy then handled")
        .tag("route", routeId)
        .register(meters);
    return counts;
  }

  /** Route ids that were ever counted. */
  public Iterable<Map.Entry<String, Counts>> all() {
    return routes.entrySet();
  }
}
