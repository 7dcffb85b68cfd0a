package io.caravanhub.core.fieldbus;

import java.time.Duration;

/**
 * How one device is reached and read.
 *
 * @param tenant id of the tenant
 * @param device the hub's id of the device or its serial
 * @param protocol {@code modbus-tcp} or {@code opcua}
 * @param address {@code host:port}, or {@code opc.tcp://host:port/path}
 * @param unitId Modbus unit id; not used by OPC UA
 * @param map the device map's path below the mappings folder, for instance {@code
 *     norvane/rx500.modbus.yaml}
 * @param interval time between two readings
 */
public record FieldbusConnection(
    String tenant,
    String device,
    String protocol,
    String address,
    int unitId,
    String map,
    Duration interval) {}
