package io.caravanhub.hub.broker;

import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundInput;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a failed or refused publish of QoS 2 needs more than others. HiveMQ notes its packet id
 * before the interceptors run, and answers the same id with PUBREC when it comes again (MQTT 3.1.1,
 * 4.3.3): a message that was never stored would be confirmed, and so would the next one under that
 * id. So its session is ended with all it remembers, and the client begins anew.
 */
final class QosTwo {
  /** Before HiveMQ's own time-out, which nobody hears of. */
  private final long millis;

  private final EmbeddedBroker broker;

  QosTwo(EmbeddedBroker broker, Duration longest) {
    this.broker = broker;
    this.millis = longest.toMillis() * 9 / 10;
  }

  /** The outcome, after the session was ended if it is a failure. */
  CompletableFuture<Void> watched(PublishInboundInput input, CompletableFuture<Void> outcome) {
    if (input.getPublishPacket().getQos() != Qos.EXACTLY_ONCE) {
      return outcome;
    }
    return outcome
        .orTimeout(millis, TimeUnit.MILLISECONDS)
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                failed(input);
              }
            });
  }

  /** A publish that is not stored. */
  void failed(PublishInboundInput input) {
    if (input.getPublishPacket().getQos() == Qos.EXACTLY_ONCE) {
      broker.invalidate(input.getClientInformation().getClientId());
    }
  }
}
