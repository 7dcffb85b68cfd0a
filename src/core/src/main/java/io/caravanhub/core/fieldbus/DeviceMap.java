package io.caravanhub.core.fieldbus;

import java.util.List;

/**
 * What a model of device has to read and where: a YAML file beside the mappings.
 *
 * @param protocol name of the protocol
 * @param points in the file's order; never empty
 */
record DeviceMap(String protocol, List<DevicePoint> points) {}
