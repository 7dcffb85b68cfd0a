package io.caravanhub.hub.broker;

import com.hivemq.extension.sdk.api.async.Async;
import com.hivemq.extension.sdk.api.async.TimeoutFallback;
import com.hivemq.extension.sdk.api.interceptor.publish.PublishInboundInterceptor;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundInput;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundOutput;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import com.hivemq.extension.sdk.api.packets.publish.PublishPacket;
import io.caravanhub.hub.security.HubPrincipal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds back the acknowledgement of a publish until its route is done. HiveMQ runs interceptors
 * before its own authorization, so the rights are checked here; and it answers a timed-out
 * interceptor with success unless an error is set beforehand, so that is what comes first.
 */
final class TelemetryInterceptor implements PublishInboundInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(TelemetryInterceptor.class);
  private static final Duration LONGEST = Duration.ofSeconds(60);

  private final Gatekeeper gatekeeper;
  private final EmbeddedBroker broker;

  TelemetryInterceptor(Gatekeeper gatekeeper, EmbeddedBroker broker) {
    this.gatekeeper = gatekeeper;
    this.broker = broker;
  }

  @Override
  public void onInboundPublish(PublishInboundInput input, PublishInboundOutput output) {
    PublishPacket packet = input.getPublishPacket();
    String topic = packet.getTopic();
    String[] levels = topic.split("/", -1);
    Optional<HubPrincipal> caller = BrokerExtension.caller(input.getConnectionInformation());
    Optional<String> device = caller.flatMap(c -> gatekeeper.speaksFor(c, levels));
    if (caller.isEmpty() || device.isEmpty()) {
      LOG.info(
          "Refused a publish to {}: not this user's topic", topic.replaceAll("\\p{Cntrl}", "?"));
      output.preventPublishDelivery(AckReasonCode.NOT_AUTHORIZED, "not your topic");
      return;
    }
    output.preventPublishDelivery(AckReasonCode.UNSPECIFIED_ERROR, "not stored");
    Async<PublishInboundOutput> answer =
        output.async(
            LONGEST,
            TimeoutFallback.FAILURE,
            AckReasonCode.UNSPECIFIED_ERROR,
            "not stored in time");
    broker
        .dispatch(
            levels,
            new EmbeddedBroker.Publish(topic, caller.get().tenant(), device.get(), bytes(packet)))
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                output.preventPublishDelivery(AckReasonCode.SUCCESS);
              } else {
                LOG.debug("A publish to {} is not acknowledged: {}", topic, failure.getMessage());
              }
              answer.resume();
            });
  }

  private static byte[] bytes(PublishPacket packet) {
    ByteBuffer payload = packet.getPayload().orElse(ByteBuffer.allocate(0));
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return bytes;
  }
}
