package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.database.TenantScope;
import org.apache.camel.Body;
import org.springframework.stereotype.Component;

/** Dead letters of {@code hub.normalized} on their way back. Thread-safe. */
@Component("kafkaAgain")
public class KafkaAgain {

  /**
   * What the payload of such a letter says, to be sent on.
   *
   * @throws UnusableMessageException when it is none, or speaks for another tenant than the asker's
   */
  public Telemetry read(@Body byte[] payload) {
    Telemetry telemetry = TelemetryJson.read(payload);
    if (!telemetry.tenant().equals(TenantScope.current())) {
      throw new UnusableMessageException("tenant", "is not that of the dead letter");
    }
    return telemetry;
  }
}
