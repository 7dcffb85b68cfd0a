package io.caravanhub.core.fieldbus;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The subscription of one connection of the fieldbus, kept over all connections to its server. Safe
 * for many threads.
 */
final class OpcUaSubscriptions {
  private final FieldbusConnection connection;
  private @Nullable OpcUaSubscription last;

  OpcUaSubscriptions(FieldbusConnection connection) {
    this.connection = connection;
  }

  String device() {
    return connection.device();
  }

  FieldbusConnection connection() {
    return connection;
  }

  /** The last one, when it is for the same points; else null. */
  synchronized @Nullable OpcUaSubscription get(List<DevicePoint> points) {
    return last != null && last.points.equals(points) ? last : null;
  }

  synchronized void put(OpcUaSubscription subscription) {
    last = subscription;
  }

  synchronized void forget(@Nullable OpcUaSubscription subscription) {
    if (last == subscription) {
      last = null;
    }
  }
}
