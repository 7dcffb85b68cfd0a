package io.caravanhub.hub.console;

import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.telemetry.LatestValues;
import java.nio.file.Path;
import java.util.List;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Reads the first page for the tenant in force. */
@Component
class OverviewReader {
  private static final int DEVICES = 12;
  private static final int EVENTS = 5;
  private static final int ORDERS = 5;

  private final Fleet fleet;
  private final DeviceList devices;
  private final EventList events;
  private final OrderList orders;
  private final DeadLetterList deadLetters;
  private final RouteBoard routes;
  private final Rates rates;
  private final LatestValues latest;
  private final HubLeases leases;
  private final Overview.FirstSteps firstSteps;

  OverviewReader(
      Fleet fleet,
      DeviceList devices,
      EventList events,
      OrderList orders,
      DeadLetterList deadLetters,
      RouteBoard routes,
      Rates rates,
      LatestValues latest,
      HubLeases leases,
      @Value("${hub.http.port}") int port,
      @Value("${hub.home}") Path home) {
    this.fleet = fleet;
    this.devices = devices;
    this.events = events;
    this.orders = orders;
    this.deadLetters = deadLetters;
    this.routes = routes;
    this.rates = rates;
    this.latest = latest;
    this.leases = leases;
    this.firstSteps =
        new Overview.FirstSteps("http://localhost:" + port, home.resolve("admin.token").toString());
  }

  Overview read(String tenant) {
    List<DeviceLine> lines = devices.worstFirst(DEVICES);
    return new Overview(
        cards(tenant),
        fleet.tiles(tenant + "/overview", lines),
        events.open(EVENTS),
        orders.newest(ORDERS),
        routes.groups(),
        routes.refused(),
        firstSteps);
  }

  private Overview.Cards cards(String tenant) {
    Fleet.Count fleetCount = fleet.count(tenant);
    EventList.Count open = events.count();
    OrderList.Count planned = orders.count();
    return new Overview.Cards(
        leases.isAlone(),
        rates.readings().now(),
        latest.totalReadings(),
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
