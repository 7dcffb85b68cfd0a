package io.caravanhub.hub.console;

import java.util.List;

/**
 * Routes that belong together.
 *
 * @param rate messages a second of them all
 * @param in messages that entered any of them
 * @param failed messages that failed in any of them
 */
public record RouteGroup(String name, List<RouteLine> routes, double rate, long in, long failed) {
  private static final int MANY = 6;

  static RouteGroup of(String name, List<RouteLine> routes) {
    return new RouteGroup(
        name,
        routes,
        routes.stream().mapToDouble(RouteLine::rate).sum(),
        routes.stream().mapToLong(RouteLine::in).sum(),
        routes.stream().mapToLong(RouteLine::failed).sum());
  }

  /** Whether the first page shows it as one line; what is stopped is always told apart. */
  public boolean folded() {
    return routes.size() > MANY && routes.stream().allMatch(r -> r.state().equals("started"));
  }
}
