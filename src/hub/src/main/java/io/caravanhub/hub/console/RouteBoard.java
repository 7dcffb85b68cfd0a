package io.caravanhub.hub.console;

import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.pipeline.RouteMeter;
import java.nio.file.Path;
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
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * The routes of the running context, by the folder they are written in, in the order of the flow.
 */
@Component
class RouteBoard {
  private static final List<String> FLOW =
      List.of(
          "ingest",
          "fieldbus",
          "connectors",
          "normalize",
          "store",
          "rules",
          "events",
          "actions",
          "fsm");
  private static final List<String> LAST = List.of("dead-letter", "api");

  private final CamelContext context;
  private final RouteMeter meter;
  private final Rates rates;
  private final RouteSources sources;
  private final HubLeases leases;

  RouteBoard(
      CamelContext context, RouteMeter meter, Rates rates, RouteSources sources, HubLeases leases) {
    this.leases = leases;
    this.context = context;
    this.meter = meter;
    this.rates = rates;
    this.sources = sources;
  }

  List<RouteGroup> groups() {
    Comparator<String> byFlow = Comparator.comparingInt(RouteBoard::place);
    Map<String, List<RouteLine>> groups = new TreeMap<>(byFlow.thenComparing(g -> g));
    Map<String, Path> files = sources.byRoute();
    for (Route route : context.getRoutes()) {
      if (route.isCreatedByKamelet()) {
        continue; // the inside of a connector's source; the connector's own route counts the same
      }
      RouteLine line = line(route, files.get(route.getId()));
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

  /** Whether no other hub has routes of its own. */
  boolean isAlone() {
    return leases.isAlone();
  }

  List<RefusedFile> refused() {
    return sources.refused();
  }

  private static int place(String group) {
    int last = LAST.indexOf(group);
    int place = FLOW.indexOf(group);
    return last >= 0 ? 200 + last : place >= 0 ? place : 100;
  }

  /** The folder below {@code routes}; all connectors are one group. */
  private static String group(Route route, @Nullable Path file) {
    if (file == null || file.getParent() == null || file.getParent().endsWith("policy")) {
      // A policy may have the name of a route that no file holds, as the API's front has.
      return route.getId().equals("api")
          ? "api"
          : Objects.requireNonNullElse(route.getGroup(), "other");
    }
    for (Path part : file) {
      if (part.toString().equals("connectors")) {
        return "connectors";
      }
    }
    return String.valueOf(file.getParent().getFileName());
  }

  private RouteLine line(Route route, @Nullable Path file) {
    String id = route.getId();
    ServiceStatus status = context.getRouteController().getRouteStatus(id);
    RouteMeter.Counts counts = meter.of(id);
    RateHistory rate = rates.route(id);
    return new RouteLine(
        id,
        group(route, file),
        Objects.requireNonNullElse(route.getDescription(), ""),
        status == null ? "stopped" : status.name().toLowerCase(Locale.ROOT),
        counts.in(),
        counts.failed(),
        rate.now(),
        Sparkline.ofRate(rate.minute()),
        route.getEndpoint().getEndpointBaseUri(),
        file == null ? "" : file.toString());
  }
}
