package io.caravanhub.hub.console;

import java.util.List;
import org.springframework.stereotype.Component;

/** Reads the first page for the tenant in force. */
@Component
class OverviewReader {
  private static final int DEVICES = 12;
  private static final int EVENTS = 7;
  private static final int ORDERS = 7;

  private final Fleet fleet;
  private final DeviceQueries devices;
  private final EventQueries events;
  private final OrderQueries orders;
  private final DeadLetterQueries deadLetters;
  private final RouteBoard routes;
  private final Rates rates;
  private final LatestReadings latest;

  OverviewReader(
      Fleet fleet,
      DeviceQueries devices,
      EventQueries events,
      OrderQueries orders,
      DeadLetterQueries deadLetters,
      RouteBoard routes,
      Rates rates,
      LatestReadings latest) {
    this.fleet = fleet;
    this.devices = devices;
    this.events = events;
    this.orders = orders;
    this.deadLetters = deadLetters;
    this.routes = routes;
    this.rates = rates;
    this.latest = latest;
  }

  Overview read(String tenant) {
    List<DeviceLine> lines = devices.worstFirst(DEVICES);
    return new Overview(
        cards(tenant),
        fleet.tiles(tenant + "/overview", lines),
        events.open(EVENTS),
        orders.newest(ORDERS),
        routes.groups(),
        routes.refused());
  }

  private Overview.Cards cards(String tenant) {
    Fleet.Count fleetCount = fleet.count(tenant);
    EventQueries.Count open = events.count();
    OrderQueries.Count planned = orders.count();
    return new Overview.Cards(
        rates.readings().now(),
        latest.total(),
        Sparkline.ofRate(rates.readings().minute()),
        fleetCount.online(),
        fleetCount.all(),
        open.open(),
        open.critical(),
        planned.today(),
        planned.waiting(),
        deadLetters.count());
  }
}
