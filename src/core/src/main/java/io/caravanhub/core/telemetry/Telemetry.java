package io.caravanhub.core.telemetry;

import java.util.List;

/**
 * What one message of one device came to after mapping: the body on the channel {@code normalized}.
 *
 * @param tenant id of the tenant, for instance {@code default}
 * @param device the hub's id of the device (a UUID as text)
 * @param source where it came in: {@code mqtt}, {@code http}, {@code modbus}, {@code opcua}, {@code
 *     webhook:<oem>}
 * @param mapping id of the mapping version that made it, 0 when none did
 * @param measurements in the order the device gave them; never empty
 */
public record Telemetry(
    String tenant, String device, String source, int mapping, List<Measurement> measurements) {

  public Telemetry {
    measurements = List.copyOf(measurements);
  }

  /** Telemetry that came without a mapping. */
  public Telemetry(String tenant, String device, String source, List<Measurement> measurements) {
    this(tenant, device, source, 0, measurements);
  }

  /** The same, made by this version of a mapping. */
  public Telemetry madeBy(int mapping) {
    return new Telemetry(tenant, device, source, mapping, measurements);
  }
}
