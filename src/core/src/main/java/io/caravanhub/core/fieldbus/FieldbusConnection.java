package io.caravanhub.core.fieldbus;

import java.time.Duration;
import java.util.Map;

/**
 * How one device is reached and read.
 *
 * @param tenant id of the tenant
 * @param device the hub's id of the device or its serial
 * @param protocol name of the protocol, for instance {@code modbus-tcp}
 * @param address {@code host:port}, or {@code opc.tcp://host:port/path}
 * @param unitId Modbus unit id; not used by OPC UA
 * @param map the device map's path below the mappings folder, for instance {@code
 *     norvane/rx500.modbus.yaml}
 * @param interval time between two readings
 * @param options what else its protocol wants to know; see docs/FIELDBUS.md
 */
public record FieldbusConnection(
    String tenant,
    String device,
    String protocol,
    String address,
    int unitId,
    String map,
    Duration interval,
    Map<String, String> options) {

  /** A connection without options. */
  public FieldbusConnection(
      String tenant,
      String device,
      String protocol,
      String address,
      int unitId,
      String map,
      Duration interval) {
    this(tenant, device, protocol, address, unitId, map, interval, Map.of());
  }

  // An option may be a password.
  @Override
  public String toString() {
    return device + " at " + address + " by " + protocol;
  }
}
