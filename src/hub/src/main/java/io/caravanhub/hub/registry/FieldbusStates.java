package io.caravanhub.hub.registry;

import io.caravanhub.core.fieldbus.FieldbusComponent;
import io.caravanhub.core.fieldbus.FieldbusStatus;
import io.caravanhub.hub.api.Page;
import io.caravanhub.hub.api.ProblemException;
import io.caravanhub.hub.database.TenantScope;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.CamelContext;
import org.apache.camel.Header;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Lazy;
import org.springframework.stereotype.Component;

/** How the connections go over which this hub reads devices itself. Thread-safe. */
@Component("fieldbusStates")
public class FieldbusStates {
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final CamelContext context;
  private final LeasedFieldbus registered;
  private final DeviceDirectory directory;

  FieldbusStates(@Lazy CamelContext context, LeasedFieldbus registered, DeviceDirectory directory) {
    this.context = context;
    this.registered = registered;
    this.directory = directory;
  }

  /**
   * {@code GET /fieldbus}: the tenant's connections, by serial of the device.
   *
   * @throws ProblemException when another hub reads the devices
   */
  public Page<Map<String, Object>> list(
      @Header("limit") @Nullable String limit, @Header("cursor") @Nullable String cursor) {
    if (registered.isElsewhere()) {
      throw ProblemException.notNow(
          "devices are read by another hub, which alone knows how its connections do", AGAIN);
    }
    int size = Page.limit(limit);
    String after = Page.position(cursor);
    return Page.of(
        ofTenant()
            .map(this::shown)
            .filter(c -> after == null || serial(c).compareTo(after) > 0)
            .sorted(Comparator.comparing(FieldbusStates::serial))
            .limit(size + 1L)
            .toList(),
        size,
        FieldbusStates::serial);
  }

  /** That of one device of the tenant in force, by its id. */
  public Optional<FieldbusStatus> find(String device) {
    return ofTenant().filter(status -> status.device().equals(device)).findFirst();
  }

  private Stream<FieldbusStatus> ofTenant() {
    String tenant = Objects.requireNonNull(TenantScope.current());
    List<FieldbusStatus> read =
        context.hasComponent("fieldbus") instanceof FieldbusComponent component
            ? component.status()
            : List.of();
    return Stream.concat(read.stream(), registered.leftOut().stream())
        .filter(status -> status.tenant().equals(tenant));
  }

  private Map<String, Object> shown(FieldbusStatus status) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put(
        "device",
        directory
            .find(status.tenant(), status.device())
            .map(Device::serial)
            .orElse(status.device()));
    shown.put("device_id", status.device());
    shown.put("protocol", status.protocol());
    shown.put("address", status.address());
    shown.put("state", status.state().name().toLowerCase(Locale.ROOT));
    shown.put("last_good", status.lastGood());
    shown.put("error", status.error());
    shown.put("last_error", status.lastError());
    shown.put("reads", status.reads());
    shown.put("errors", status.errors());
    shown.put("reconnects", status.reconnects());
    shown.put("reads_per_s", status.readsPerSecond());
    shown.put("latency_ms", status.latency());
    shown.put("waiting", status.waiting());
    shown.put("dropped", status.dropped());
    shown.put("overruns", status.overruns());
    return shown;
  }

  private static String serial(Map<String, Object> shown) {
    return String.valueOf(shown.get("device"));
  }
}
