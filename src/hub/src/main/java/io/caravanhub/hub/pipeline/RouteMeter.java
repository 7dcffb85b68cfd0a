package io.caravanhub.hub.pipeline;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.springframework.stereotype.Component;

/**
 * Counts what enters each route and what fails in it, for the console and, under the names of
 * camel-micrometer, for Prometheus: a counter or two a message and nothing more. A route that is
 * reloaded goes on counting. To the console an exchange whose failure a policy handled (dead
 * letter, retry queue) has failed too, because a person looks for exactly those.
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
    private final LongAdder handled = new LongAdder();

    private Counts() {}

    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
      in.increment();
    }

    @Override
    public void onExchangeDone(Route route, Exchange exchange) {
      if (exchange.isFailed()) {
        failed.increment();
      } else if (exchange.getExchangeExtension().isFailureHandled()) {
        handled.increment();
      }
    }

    /** Messages that entered. */
    public long in() {
      return in.sum();
    }

    /** Messages that failed, handled or not. */
    public long failed() {
      return failed.sum() + handled.sum();
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
    register("total", "messages that entered a route", routeId, counts, c -> c.in.sum());
    register("failed", "messages that failed in a route", routeId, counts, c -> c.failed.sum());
    register(
        "failures.handled",
        "messages that failed in a route and were handled by its policy",
        routeId,
        counts,
        c -> c.handled.sum());
    return counts;
  }

  private void register(
      String what,
      String description,
      String routeId,
      Counts counts,
      ToDoubleFunction<Counts> value) {
    FunctionCounter.builder("camel.exchanges." + what, counts, value)
        .description(description)
        .tags("camelContext", "hub", "kind", "CamelRoute", "routeId", routeId, "eventType", "route")
        .register(meters);
  }

  /** Route ids that were ever counted. */
  public Iterable<Map.Entry<String, Counts>> all() {
    return routes.entrySet();
  }
}
