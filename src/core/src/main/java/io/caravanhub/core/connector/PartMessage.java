package io.caravanhub.core.connector;

/**
 * One device's share of a cloud's message, on its way to the channel raw.
 *
 * @param device the device as the cloud names it, empty when the message does not
 * @param mapping the mapping that makes telemetry of it, empty for the one that the device calls
 *     for
 * @param body JSON
 * @param micros when it came, in microseconds since 1970-01-01 UTC, the same each time it is tried;
 *     zero when it is to be given such a time
 */
public record PartMessage(String device, String mapping, byte[] body, long micros) {
  /** A part that has been given no time yet. */
  public PartMessage(String device, String mapping, byte[] body) {
    this(device, mapping, body, 0);
  }

  /** The same with its time. */
  public PartMessage at(long time) {
    return new PartMessage(device, mapping, body, time);
  }
}
