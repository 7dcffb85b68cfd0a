package io.caravanhub.hub.kafka;

import io.caravanhub.core.telemetry.Telemetry;
import io.caravanhub.core.telemetry.TelemetryHeaders;
import io.caravanhub.core.telemetry.UnusableMessageException;
import io.caravanhub.hub.database.TenantScope;
import org.apache.camel.Body;
import org.apache.camel.Header;
import org.apache.camel.Message;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Dead letters that were records of Kafka, on their way back. Thread-safe. */
@Component("kafkaAgain")
public class KafkaAgain {

  /**
   * Lets a letter pass whose record this hub can read; the header is gone then.
   *
   * @throws UnusableMessageException when a later hub has written it, and this one is not upgraded
   *     yet
   */
  public void check(
      Message message,
      @Header(TelemetryHeaders.SOURCE) @Nullable String source,
      @Header(KafkaTopics.SCHEMA) @Nullable String written) {
    SchemaVersion.check(
        written,
        KafkaTopics.NORMALIZED.equals(source)
            ? KafkaTopics.NORMALIZED_SCHEMA
            : KafkaTopics.RAW_SCHEMA);
    message.removeHeader(KafkaTopics.SCHEMA);
  }

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
