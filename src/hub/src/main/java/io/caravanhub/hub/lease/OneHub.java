package io.caravanhub.hub.lease;

import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;
import org.springframework.stereotype.Component;

/**
 * A route with {@code routePolicy: oneHub} does its work in the one hub that holds the lease named
 * like the route's group; in the others its clock ticks for nothing. Thread-safe.
 */
@Component("oneHub")
public final class OneHub extends RoutePolicySupport {
  private final HubLeases leases;

  OneHub(HubLeases leases) {
    this.leases = leases;
  }

  /** A route that is not started in this hub leaves the lease to others. */
  @Override
  public void onStart(Route route) {
    leases.want(route.getGroup());
  }

  @Override
  public void onExchangeBegin(Route route, Exchange exchange) {
    if (!leases.want(route.getGroup()).isHeld()) {
      exchange.setRouteStop(true);
    }
  }
}
