package io.caravanhub.hub.ingest;

import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.hub.limit.ReadingLimits;
import java.time.Duration;
import java.util.List;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/**
 * Holds back a broker's consumer whose tenant or device is over its limit, once its message is
 * stored: the rest waits in the broker. Thread-safe.
 */
@Component("pacing")
public class Pacing {
  /** A poll of a hundred records must end before its broker takes the consumer for dead. */
  private static final Duration LONGEST = Duration.ofSeconds(1);

  private final ReadingLimits limits;

  public Pacing(ReadingLimits limits) {
    this.limits = limits;
  }

  /** Called after the channel; a body that is no {@link Telemetry} was not stored here. */
  public void hold(Exchange exchange) throws InterruptedException {
    Object body = exchange.getMessage().getBody();
    List<?> messages = body instanceof List<?> list ? list : List.of(body == null ? "" : body);
    Duration longest = Duration.ZERO;
    for (Object message : messages) {
      if (message instanceof Telemetry telemetry) {
        Duration wait =
            limits.charge(telemetry.tenant(), telemetry.device(), telemetry.measurements().size());
        longest = wait.compareTo(longest) > 0 ? wait : longest;
      }
    }
    if (!longest.isZero()) {
      Thread.sleep((longest.compareTo(LONGEST) > 0 ? LONGEST : longest).toMillis() + 1);
    }
  }
}
