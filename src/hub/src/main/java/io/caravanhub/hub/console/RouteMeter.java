package io.caravanhub.hub.console;

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
 * Counts what enters each route and what fails in it: two counters a message and nothing more. A
 * route that is reloaded goes on counting. An exchange whose failure a policy handled (dead letter,
 * retry queue) counts as failed too, because a person looks for exactly those.
 */
@Component
public final class RouteMeter implements RoutePolicyFactory {
  private final Map<String, Counts> routes = new ConcurrentHashMap<>();

  /** What one route did since the hub started. */
  static final class Counts extends RoutePolicySupport {
    private final LongAdder in = new LongAdder();
    private final LongAdder failed = new LongAdder();

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

    long in() {
      return in.sum();
    }

    long failed() {
      return failed.sum();
    }
  }

  @Override
  public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
    return of(routeId);
  }

  Counts of(String routeId) {
    return routes.computeIfAbsent(routeId, id -> new Counts());
  }

  /** Route ids that were ever counted. */
  Iterable<Map.Entry<String, Counts>> all() {
    return routes.entrySet();
  }
}
