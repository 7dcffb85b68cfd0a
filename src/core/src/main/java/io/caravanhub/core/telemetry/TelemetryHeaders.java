package io.caravanhub.core.telemetry;

/**
 * Headers that travel with a raw message. The body on the channel {@code raw} is always the payload
 * as received (bytes), so that a dead letter is whole and a channel may be Kafka.
 */
public final class TelemetryHeaders {
  /** Tenant id. */
  public static final String TENANT = "hub-tenant";

  /** The device as the sender names it: the hub's id or the serial. */
  public static final String DEVICE = "hub-device";

  /**
   * Where the message came in: {@code mqtt}, {@code http}, {@code modbus}, {@code opcua}, {@code
   * webhook:<oem>}.
   */
  public static final String SOURCE = "hub-source";

  /** When the hub received it, epoch milliseconds as text. */
  public static final String RECEIVED = "hub-received";

  /**
   * The time of a message without a timestamp, epoch microseconds as text: no other message has it.
   */
  public static final String RECEIVED_MICROS = "hub-received-micros";

  /** Where it stood in what it came in, for people: {@code night.csv, line 17}. */
  public static final String PLACE = "hub-place";

  /**
   * Name of the mapping to apply, for instance {@code acme/rooftop}; absent when the payload is
   * canonical already.
   */
  public static final String MAPPING = "hub-mapping";

  /** Id of the gateway that spoke for the device; absent when the device speaks for itself. */
  public static final String GATEWAY = "hub-gateway";

  /** {@code event}: what a device says of its alarms; absent for readings. */
  public static final String KIND = "hub-kind";

  private TelemetryHeaders() {}
}
