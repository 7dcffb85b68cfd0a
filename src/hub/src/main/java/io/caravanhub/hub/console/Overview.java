package io.caravanhub.hub.console;

import java.util.List;

/** Everything the first page shows, read in one go. */
public record Overview(
    Cards cards,
    List<DeviceTile> devices,
    List<EventLine> events,
    List<OrderLine> orders,
    List<RouteGroup> routes,
    List<RefusedFile> refused,
    FirstSteps firstSteps) {

  /**
   * What somebody without devices needs to register one.
   *
   * @param url address of the hub
   * @param tokenFile where the first start wrote the admin token
   */
  public record FirstSteps(String url, String tokenFile) {}

  /**
   * The figures at the top.
   *
   * @param alone whether there is no other hub; readings are counted by this one
   */
  public record Cards(
      boolean alone,
      double readingsPerSecond,
      long readings,
      Sparkline readingsSpark,
      int online,
      int devices,
      int openEvents,
      int criticalEvents,
      int ordersToday,
      int waiting,
      int deadLetters) {}
}
