package io.caravanhub.hub.lease;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import org.apache.camel.Exchange;
import org.apache.camel.Route;
import org.apache.camel.support.RoutePolicySupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * A route with {@code routePolicy: oneHub} does its work in the one hub that holds the lease named
 * like the route's group; in the others its clock ticks for nothing. Whoever gains the lease later
 * does at once what its clock has skipped. Thread-safe.
 */
@Component("oneHub")
public final class OneHub extends RoutePolicySupport {
  private static final Logger LOG = LoggerFactory.getLogger(OneHub.class);
  private static final String LATE = "hub-one-hub-late";

  private final HubLeases leases;
  private final Map<String, Route> skipped = new ConcurrentHashMap<>();
  private final Set<String> late = ConcurrentHashMap.newKeySet();

  OneHub(HubLeases leases) {
    this.leases = leases;
    leases.onGain(this::gained);
  }

  /** A route that is not started in this hub leaves the lease to others. */
  @Override
  public void onStart(Route route) {
    leases.want(route.getGroup());
  }

  @Override
  public void onStop(Route route) {
    skipped.remove(route.getId());
  }

  @Override
  public void onExchangeBegin(Route route, Exchange exchange) {
    if (exchange.getProperty(LATE) != null) {
      return;
    }
    Lease lease = leases.wantNow(route.getGroup());
    if (!lease.isHeld()) {
      skipped.put(route.getId(), route);
      // Gained in between, it is done here or there.
      if (!lease.isHeld() || skipped.remove(route.getId()) == null) {
        exchange.setRouteStop(true);
      }
    } else if (late.contains(route.getId())) {
      exchange.setRouteStop(true);
    }
  }

  private void gained(String lease) {
    skipped.values().stream()
        .filter(route -> lease.equals(route.getGroup()))
        .filter(route -> skipped.remove(route.getId(), route) && late.add(route.getId()))
        .forEach(this::catchUp);
  }

  /** One round beside the route's clock, whose own rounds rest meanwhile. */
  private void catchUp(Route route) {
    ExecutorService thread =
        route
            .getCamelContext()
            .getExecutorServiceManager()
            .newSingleThreadExecutor(this, route.getId() + "-late");
    thread.execute(
        () -> {
          try {
            Exchange exchange = route.getConsumer().createExchange(true);
            exchange.setProperty(LATE, true);
            route.getProcessor().process(exchange);
            if (exchange.getException() != null) {
              throw exchange.getException();
            }
          } catch (Exception e) {
            LOG.warn("What {} has skipped is left to its next round: {}", route.getId(), e, e);
          } finally {
            late.remove(route.getId());
            route.getCamelContext().getExecutorServiceManager().shutdown(thread);
          }
        });
  }
}
