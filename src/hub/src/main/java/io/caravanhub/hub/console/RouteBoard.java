package io.caravanhub.hub.console;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.springframework.stereotype.Component;

/** The routes of the running context, by group. */
@Component
class RouteBoard {
  private static final List<String> GROUPS =
      List.of("ingest", "telemetry", "pipeline", "rules", "events", "actions", "fsm");

  private final CamelContext context;
  private final RouteMeter meter;
  private final Rates rates;
  private final RefusedFiles refused;

  RouteBoard(CamelContext context, RouteMeter meter, Rates rates, RefusedFiles refused) {
    this.context = context;
    this.meter = meter;
    this.rates = rates;
    this.refused = refused;
  }

  List<RouteGroup> groups() {
    Comparator<String> byFlow = Comparator.comparingInt(RouteBoard::place);
    Map<String, List<RouteLine>> groups = new TreeMap<>(byFlow.thenComparing(g -> g));
    for (Route route : context.getRoutes()) {
      RouteLine line = line(route);
      groups.computeIfAbsent(line.group(), g -> new ArrayList<>()).add(line);
    }
    List<RouteGroup> board = new ArrayList<>();
    groups.forEach(
        (name, lines) -> {
          lines.sort(Comparator.comparing(RouteLine::id));
          board.add(RouteGroup.of(name, lines));
        });
    return board;
  }

  List<RefusedFile> refused() {
    return refused.list();
  }

  private static int place(String group) {
    int place = GROUPS.indexOf(group);
    return place < 0 ? GROUPS.size() : place;
  }

  private RouteLine line(Route route) {
    String id = route.getId();
    ServiceStatus status = context.getRouteController().getRouteStatus(id);
    RouteMeter.Counts counts = meter.of(id);
    RateHistory rate = rates.route(id);
    return new RouteLine(
        id,
        Objects.requireNonNullElse(route.getGroup(), "other"),
        Objects.requireNonNullElse(route.getDescription(), ""),
        status == null ? "stopped" : status.name().toLowerCase(Locale.ROOT),
        counts.in(),
        counts.failed(),
        rate.now(),
        Sparkline.ofRate(rate.minute()),
        route.getEndpoint().getEndpointBaseUri(),
        Objects.requireNonNullElse(route.getSourceLocationShort(), ""));
  }
}
