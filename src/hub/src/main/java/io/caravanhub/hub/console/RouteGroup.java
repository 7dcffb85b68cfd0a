package io.caravanhub.hub.console;

import java.util.List;

/** Routes that belong together, in the order in which a message meets the groups. */
public record RouteGroup(String name, List<RouteLine> routes, double rate, long failed) {

  static RouteGroup of(String name, List<RouteLine> routes) {
    return new RouteGroup(
        name,
        routes,
        routes.stream().mapToDouble(RouteLine::rate).sum(),
        routes.stream().mapToLong(RouteLine::failed).sum());
  }
}
