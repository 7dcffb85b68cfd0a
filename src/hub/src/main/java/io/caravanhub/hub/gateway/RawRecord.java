package io.caravanhub.hub.gateway;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.hub.registry.Device;
import java.util.Map;

/**
 * A record of kind raw: what a device published, and the gateway left as it was.
 *
 * @param received when the gateway received it by the hub's clock, epoch milliseconds; 0 when it
 *     did not say
 */
record RawRecord(Device device, String named, long seq, byte[] payload, long received) {

  /** What it travels with; of a payload without a time, the same each time that it comes. */
  Map<String, String> headers(GatewayBatch batch, String device) {
    Map<String, String> headers = batch.headers(device, GatewayBatch.RAW);
    if (received > 0) {
      long millis = Math.min(received, batch.received.toEpochMilli());
      headers.put(TelemetryHeaders.RECEIVED, Long.toString(millis));
      headers.put(TelemetryHeaders.RECEIVED_MICROS, Long.toString(millis * 1_000 + seq % 1_000));
    }
    return headers;
  }
}
