package io.caravanhub.hub.observability;

import io.caravanhub.hub.telemetry.LatestValues;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import javax.sql.DataSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/**
 * Devices, actions, events and gateways of all tenants. Every hub on a database tells the same,
 * except for the devices that speak: each tells of those it heard itself.
 */
@Component
class FleetFigures implements Figures {
  private static final List<String> KINDS = List.of("work_order", "quote", "task", "notification");
  private static final List<String> STATES =
      List.of(
          "PLANNED", "HELD", "SENDING", "UNKNOWN", "ACCEPTED", "IN_PROGRESS", "ON_HOLD", "DEAD");
  private static final List<String> SEVERITIES = List.of("low", "medium", "high", "critical");
  private static final List<String> GATEWAYS = List.of("online", "silent", "never");

  private final DataSource owner;
  private final LatestValues latest;
  private final Duration silentAfter;
  private final String inherits;
  private final MultiGauge actions;
  private final MultiGauge events;
  private final MultiGauge gateways;
  private final MultiGauge spoolFill;
  private final MultiGauge spoolRecords;
  private final MultiGauge spoolDropped;
  private volatile Fleet fleet = new Fleet(0, 0, List.of(), 0, List.of(), List.of(), List.of());
  private volatile long speaking;

  /**
   * @param silentAfter a device that has stored nothing for so long is silent
   * @param fsm where the actions of one tenant go without a connection; blank for nowhere
   */
  FleetFigures(
      @Qualifier("upkeepPool") DataSource owner,
      LatestValues latest,
      MeterRegistry meters,
      @Value("${hub.metrics.silent-after:PT15M}") Duration silentAfter,
      @Value("${hub.fsm.url:}") String fsm,
      @Value("${hub.fsm.tenant:default}") String fsmTenant) {
    this.inherits = fsm.isBlank() ? "" : fsmTenant;
    this.owner = owner;
    this.latest = latest;
    this.silentAfter = silentAfter;
    gauge(meters, "hub.devices.active", "Devices that are active or in maintenance", Fleet::active);
    gauge(
        meters,
        "hub.devices.commissioned",
        "Of the active devices, those that have stored a reading ever",
        Fleet::commissioned);
    Gauge.builder("hub.devices.speaking", this, f -> f.speaking)
        .description("Devices of which this hub stored a reading lately")
        .register(meters);
    Gauge.builder("hub.actions.due.age", this, f -> f.fleet.dueSeconds())
        .baseUnit("seconds")
        .description("How long the action that is most overdue has been")
        .register(meters);
    actions = multi(meters, "hub.actions", "Actions that are not over, by kind and state");
    events = multi(meters, "hub.events.open", "Events that are not over, by severity");
    gateways = multi(meters, "hub.gateways", "Active gateways by state");
    spoolFill = multi(meters, "hub.gateway.spool.fill.ratio", "Used part of the fullest spools");
    spoolRecords = multi(meters, "hub.gateway.spool.records", "Records in the fullest spools");
    spoolDropped =
        multi(
            meters,
            "hub.gateway.spool.dropped",
            "Records that gateways had to drop since their start");
    show(fleet);
  }

  private void gauge(
      MeterRegistry meters, String name, String description, ToDoubleFunction<Fleet> value) {
    Gauge.builder(name, this, f -> value.applyAsDouble(f.fleet))
        .description(description)
        .register(meters);
  }

  private static MultiGauge multi(MeterRegistry meters, String name, String description) {
    return MultiGauge.builder(name).description(description).register(meters);
  }

  @Override
  public void look() {
    speaking = latest.speaking(Instant.now().minus(silentAfter));
    try {
      fleet = Fleet.read(owner, inherits);
    } catch (SQLException e) {
      throw new IllegalStateException("the fleet cannot be looked up: " + e.getMessage(), e);
    }
    show(fleet);
  }

  private void show(Fleet now) {
    List<Fleet.Count> allActions = new ArrayList<>();
    for (String kind : KINDS) {
      STATES.forEach(state -> allActions.add(new Fleet.Count(kind, state, 0)));
    }
    allActions.addAll(now.actions());
    actions.register(rows(allActions, "kind", "state"), true);
    events.register(rows(withZeros(SEVERITIES, now.openEvents()), "", "severity"), true);
    gateways.register(rows(withZeros(GATEWAYS, now.gateways()), "", "state"), true);
    spoolFill.register(spools(now, Fleet.Spool::fill), true);
    spoolRecords.register(spools(now, Fleet.Spool::records), true);
    spoolDropped.register(spools(now, Fleet.Spool::dropped), true);
  }

  private static List<Fleet.Count> withZeros(List<String> states, List<Fleet.Count> counted) {
    List<Fleet.Count> all = new ArrayList<>();
    states.forEach(state -> all.add(new Fleet.Count("", state, 0)));
    all.addAll(counted);
    return all;
  }

  /** Of equal tags the last counts. */
  private static List<MultiGauge.Row<?>> rows(List<Fleet.Count> counts, String kind, String state) {
    Map<Tags, Double> values = new HashMap<>();
    for (Fleet.Count count : counts) {
      Tags tags = Tags.of(state, count.state());
      values.put(kind.isEmpty() ? tags : tags.and(kind, count.kind()), count.count());
    }
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    values.forEach((tags, value) -> rows.add(MultiGauge.Row.of(tags, value)));
    return rows;
  }

  private static List<MultiGauge.Row<?>> spools(Fleet fleet, ToDoubleFunction<Fleet.Spool> value) {
    List<MultiGauge.Row<?>> rows = new ArrayList<>();
    for (Fleet.Spool spool : fleet.spools()) {
      rows.add(
          MultiGauge.Row.of(
              Tags.of("tenant", spool.tenant(), "gateway", spool.gateway()),
              value.applyAsDouble(spool)));
    }
    return rows;
  }
}
