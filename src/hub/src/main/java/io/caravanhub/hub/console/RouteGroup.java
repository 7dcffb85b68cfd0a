package io.caravanhub.hub.console;

import java.util.List;

/**
 * Routes that belong together.
 *
 * @param rate messages a second that enter the group; one that goes on from route to route counts
 *     once
 * @param in messages that entered
 * @param failed those of them that failed
 */
public record RouteGroup(String name, List<RouteLine> routes, double rate, long in, long failed) {
  private static final int MANY = 6;

  static RouteGroup of(String name, List<RouteLine> routes) {
    List<RouteLine> fronts = routes.stream().filter(RouteLine::front).toList();
    List<RouteLine> counted = fronts.isEmpty() ? routes : fronts;
    return new RouteGroup(
        name,
        routes,
        counted.stream().mapToDouble(RouteLine::rate).sum(),
        counted.stream().mapToLong(RouteLine::in).sum(),
        counted.stream().mapToLong(RouteLine::failed).sum());
  }

  /** Whether the first page shows it as one line; what is stopped is always told apart. */
  public boolean folded() {
    return routes.size() > MANY && routes.stream().allMatch(r -> r.state().equals("started"));
  }
}
