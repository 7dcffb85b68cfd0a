package io.caravanhub.edge.spool;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import java.util.Set;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultAsyncProducer;
import org.jspecify.annotations.Nullable;

/** Puts messages into the spool; the exchange goes on when its commit is on the disk. */
public class SpoolProducer extends DefaultAsyncProducer {
  /** Where a message comes from whose times are the sender's own. */
  private static final Set<String> OWN_TIMES = Set.of("mqtt", "http");

  private final Spool spool;

  public SpoolProducer(SpoolEndpoint endpoint, Spool spool) {
    super(endpoint);
    this.spool = spool;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    try {
      spool.append(
          record(exchange.getMessage()),
          failure -> {
            if (failure != null) {
              exchange.setException(failure);
            }
            callback.done(false);
          });
    } catch (RuntimeException e) {
      exchange.setException(e);
      callback.done(false);
    }
    return false;
  }

  private SpoolRecord record(Message message) {
    String device = message.getHeader(TelemetryHeaders.DEVICE, String.class);
    byte[] body = message.getBody(byte[].class);
    if (device == null || body == null) {
      throw new IllegalArgumentException(
          "spool: expected bytes and the header " + TelemetryHeaders.DEVICE);
    }
    long now = spool.clock().time().wallMillis();
    Long received = message.getHeader(TelemetryHeaders.RECEIVED, Long.class);
    long at = received == null ? now : received;
    boolean ownTimes =
        OWN_TIMES.contains(message.getHeader(TelemetryHeaders.SOURCE, "", String.class));
    RecordKind kind = kind(message, device, body);
    long clock = spool.clock().segmentAt(at);
    // The times in what devices publish are theirs; when it was received is the gateway's.
    return new SpoolRecord(
        device, kind, ownTimes && kind != RecordKind.RAW ? -clock : clock, at, body);
  }

  private static RecordKind kind(Message message, String device, byte[] body) {
    @Nullable RecordKind said =
        RecordKind.ofLabel(message.getHeader(SpoolHeaders.KIND, String.class));
    if (said != null) {
      return said;
    }
    return CanonicalShape.fits(device, body) ? RecordKind.TELEMETRY : RecordKind.RAW;
  }
}
