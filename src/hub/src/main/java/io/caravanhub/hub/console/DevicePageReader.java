package io.caravanhub.hub.console;

import io.caravanhub.core.mapping.MappingCatalog;
import io.caravanhub.core.telemetry.Measurement;
import io.caravanhub.hub.console.HistoryReader.Flaw;
import io.caravanhub.hub.console.HistoryReader.Step;
import io.caravanhub.hub.devicetype.DeviceTypes;
import io.caravanhub.hub.devicetype.Profile;
import io.caravanhub.hub.registry.DeviceDirectory;
import io.caravanhub.hub.registry.FieldbusStates;
import io.caravanhub.hub.telemetry.LatestValues;
import io.caravanhub.hub.telemetry.SharedValues;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Reads the page of one device of the tenant in force. */
@Component
class DevicePageReader {
  private static final int EVENTS = 12;
  private static final int ORDERS = 8;
  private static final int CHARTS = 40;

  private final DeviceList devices;
  private final EventList events;
  private final OrderList orders;
  private final HistoryReader history;
  private final LatestValues latest;
  private final SharedValues shared;
  private final Fleet fleet;
  private final AssetHealthReader assetHealth;
  private final DeviceTypes types;
  private final DeadLetterList letters;
  private final DeviceDirectory directory;
  private final MappingCatalog mappings;
  private final FieldbusStates fieldbus;
  private final int mqttPort;
  private final Wording wording = new Wording();
  private final Remembered<Map<String, List<Step>>> steps = new Remembered<>(Duration.ofSeconds(4));
  private final Remembered<Integer> kept = new Remembered<>(Duration.ofSeconds(2));
  private final Remembered<Map<String, List<Flaw>>> flaws = new Remembered<>(Duration.ofSeconds(4));

  DevicePageReader(
      DeviceList devices,
      EventList events,
      OrderList orders,
      HistoryReader history,
      LatestValues latest,
      SharedValues shared,
      Fleet fleet,
      AssetHealthReader assetHealth,
      DeviceTypes types,
      DeadLetterList letters,
      DeviceDirectory directory,
      MappingCatalog mappings,
      FieldbusStates fieldbus,
      @Value("${hub.mqtt.port}") int mqttPort) {
    this.devices = devices;
    this.events = events;
    this.orders = orders;
    this.history = history;
    this.latest = latest;
    this.shared = shared;
    this.fleet = fleet;
    this.assetHealth = assetHealth;
    this.types = types;
    this.letters = letters;
    this.directory = directory;
    this.mappings = mappings;
    this.fieldbus = fieldbus;
    this.mqttPort = mqttPort;
  }

  Optional<DevicePage> read(String tenant, String id, Span span) {
    return devices.find(id).map(device -> page(tenant, device, span));
  }

  private DevicePage page(String tenant, DeviceLine device, Span span) {
    shared.refresh(List.of(device.id()));
    List<EventLine> lines = events.ofDevice(device.id(), EVENTS);
    return new DevicePage(
        device,
        mqttPort,
        mapping(tenant, device.id()),
        fleet.health(device),
        assetHealth.of(device.id()),
        latest.lastSeen(device.id()),
        fieldbus.find(device.id()).orElse(null),
        types.find(tenant, device.type()) != null,
        kept.get(tenant + "/" + device.id(), () -> letters.count(device.id())),
        span,
        charts(tenant, device, span, lines),
        lines,
        orders.ofDevice(device.id(), ORDERS));
  }

  /** The one its registration names, else that of its type, else that of its maker and model. */
  private @Nullable String mapping(String tenant, String id) {
    return directory
        .find(tenant, id)
        .map(
            device -> {
              Profile type = types.find(tenant, device.deviceType());
              String ofType = type == null ? null : type.mapping();
              return device.mapping() != null
                  ? device.mapping()
                  : ofType != null ? ofType : device.modelMapping();
            })
        .filter(name -> mappings.find(tenant, name).isPresent())
        .orElse(null);
  }

  private List<Chart> charts(String tenant, DeviceLine device, Span span, List<EventLine> lines) {
    Instant now = Instant.now();
    Map<String, List<Step>> past =
        steps.get(
            tenant + "/" + device.id() + "/" + span.key(),
            () -> history.ofDevice(device.id(), now.minus(span.length()), span.step()));
    Map<String, List<Flaw>> wrong =
        flaws.get(
            tenant + "/" + device.id() + "/" + span.key(),
            () -> history.flaws(device.id(), now.minus(span.length()), span.step()));
    Map<String, Measurement> present = latest.of(device.id());
    Set<String> order = new LinkedHashSet<>();
    KeyMetrics.pick(device.type(), device.worstMetric(), present, CHARTS)
        .forEach(m -> order.add(m.metric()));
    past.keySet().stream().sorted().forEach(order::add);
    Instant first =
        past.values().stream()
            .map(list -> list.get(0).from())
            .min(Comparator.naturalOrder())
            .orElse(now);
    ChartDrawer drawer = new ChartDrawer(span, now, first);
    List<Chart> charts = new ArrayList<>();
    for (String metric : order) {
      if (charts.size() == CHARTS) {
        break;
      }
      List<EventLine> ofMetric = lines.stream().filter(e -> metric.equals(e.metric())).toList();
      Measurement m = present.get(metric);
      charts.add(
          drawer.draw(
              metric,
              unit(m, ofMetric),
              m == null ? null : Reading.of(m, wording),
              past.getOrDefault(metric, List.of()),
              ofMetric.isEmpty() ? null : ofMetric.get(0).threshold(),
              ofMetric.stream().map(EventLine::openedAt).toList(),
              wrong.getOrDefault(metric, List.of())));
    }
    return charts;
  }

  private static @Nullable String unit(@Nullable Measurement m, List<EventLine> events) {
    return m != null ? m.unit() : events.isEmpty() ? null : events.get(0).unit();
  }
}
