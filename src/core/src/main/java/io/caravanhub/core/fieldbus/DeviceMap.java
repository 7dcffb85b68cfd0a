package io.caravanhub.core.fieldbus;

import java.util.List;

/**
 * What a model of device has to read and where: a YAML file beside the mappings.
 *
 * @param protocol {@code modbus-tcp} or {@code opcua}
 * @param littleWords whether the least significant register of a number comes first
 * @param points in the file's order; never empty
 */
record DeviceMap(String protocol, boolean littleWords, List<DevicePoint> points) {}
