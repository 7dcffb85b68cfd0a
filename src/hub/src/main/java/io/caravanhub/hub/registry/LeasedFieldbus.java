package io.caravanhub.hub.registry;

import io.caravanhub.core.fieldbus.FieldbusConnection;
import io.caravanhub.core.fieldbus.FieldbusConnections;
import io.caravanhub.core.fieldbus.FieldbusStatus;
import io.caravanhub.hub.lease.HubLeases;
import io.caravanhub.hub.lease.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.stereotype.Component;

/**
 * What the routes that read devices are to read: of several hubs one reads all that are registered.
 * Thread-safe.
 */
@Component
final class LeasedFieldbus implements FieldbusConnections {
  private static final String LEASE = "fieldbus";

  private final RegisteredFieldbus registered;
  private final HubLeases leases;
  private final Map<String, List<FieldbusStatus>> leftOut = new ConcurrentHashMap<>();

  LeasedFieldbus(RegisteredFieldbus registered, HubLeases leases) {
    this.registered = registered;
    this.leases = leases;
  }

  @Override
  public List<FieldbusConnection> list(String protocol) {
    Lease lease = leases.wantNow(LEASE);
    if (!lease.isHeld()) {
      if (leases.mayGoOn(lease)) {
        // Nobody else was there to take over: what is read is kept until the database is back.
        throw new IllegalStateException("the database is away, devices are read on");
      }
      leftOut.remove(protocol);
      return List.of();
    }
    List<FieldbusStatus> wrong = new ArrayList<>();
    List<FieldbusConnection> connections = registered.list(protocol, wrong);
    leftOut.put(protocol, List.copyOf(wrong));
    return connections;
  }

  @Override
  public boolean mayRead() {
    return leases.mayGoOn(leases.lease(LEASE));
  }

  /** Whether another hub reads them, if anybody does. */
  boolean isElsewhere() {
    return !leases.isAlone() && !leases.lease(LEASE).isHeld();
  }

  /** Those that are not read because what is registered of them is wrong: down, with the reason. */
  List<FieldbusStatus> leftOut() {
    return leftOut.values().stream().flatMap(List::stream).toList();
  }
}
