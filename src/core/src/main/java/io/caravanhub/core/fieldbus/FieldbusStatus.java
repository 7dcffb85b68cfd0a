package io.caravanhub.core.fieldbus;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How reading one device goes.
 *
 * @param tenant id of the tenant
 * @param device the device
 * @param protocol its name, for instance {@code modbus-tcp}
 * @param address where it is
 * @param state whether it can be read now
 * @param lastGood when it last gave a value, or said that none has changed, or null if never
 * @param error why it cannot be read now, or the last trouble with a part of it; else null
 * @param reads polls that were answered
 * @param errors polls that failed
 * @param reconnects connections opened after the first
 * @param waiting readings and alarms not yet taken by the route
 * @param dropped readings and alarms lost because too many were waiting
 * @param lastError when reading last failed as a whole, or null if never
 * @param readsPerSecond values read a second, over the last ten seconds
 * @param latency how long a poll takes, a moving average in milliseconds; 0 before the first
 * @param overruns turns of a group of points that were left out because the one before had not
 *     ended
 */
public record FieldbusStatus(
    String tenant,
    String device,
    String protocol,
    String address,
    State state,
    @Nullable Instant lastGood,
    @Nullable String error,
    long reads,
    long errors,
    long reconnects,
    int waiting,
    long dropped,
    @Nullable Instant lastError,
    double readsPerSecond,
    double latency,
    long overruns) {

  /** Of a connection that cannot be tried, for what is configured of it is wrong. */
  public static FieldbusStatus wrong(String tenant, String device, String protocol, String reason) {
    return new FieldbusStatus(
        tenant, device, protocol, "", State.DOWN, null, reason, 0, 0, 0, 0, 0, null, 0, 0, 0);
  }

  /** Whether a device can be read. */
  public enum State {
    /** No poll has ended yet. */
    CONNECTING,
    /** The device gives values. */
    UP,
    /**
     * The last poll failed, and the connection is closed and will be tried again; or the device
     * answers, but every point is bad.
     */
    DOWN
  }
}
