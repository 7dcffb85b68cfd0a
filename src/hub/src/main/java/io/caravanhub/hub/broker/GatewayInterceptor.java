package io.caravanhub.hub.broker;

import com.hivemq.extension.sdk.api.async.Async;
import com.hivemq.extension.sdk.api.interceptor.puback.PubackOutboundInterceptor;
import com.hivemq.extension.sdk.api.interceptor.puback.parameter.PubackOutboundInput;
import com.hivemq.extension.sdk.api.interceptor.puback.parameter.PubackOutboundOutput;
import com.hivemq.extension.sdk.api.interceptor.publish.PublishInboundInterceptor;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundInput;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundOutput;
import com.hivemq.extension.sdk.api.packets.general.Qos;
import com.hivemq.extension.sdk.api.packets.publish.AckReasonCode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one connection, of a gateway or of a device with a backlog, have many publishes under way.
 *
 * <p>HiveMQ gives an interceptor one packet of a client at a time, so waiting for the commit at the
 * PUBLISH would make it one message a commit. This one lets the PUBLISH pass and waits at its
 * PUBACK, which leaves the broker when the commit is done: by then the publishes behind it have
 * been taken too. A PUBACK cannot be turned into an error any more (MQTT 5, 3.4.2.1 knows one
 * answer only), so a message that could not be stored ends the connection unacknowledged, and the
 * client sends it again. One instance a connection.
 */
final class GatewayInterceptor implements PublishInboundInterceptor, PubackOutboundInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayInterceptor.class);

  private final TelemetryInterceptor publishes;
  private final EmbeddedBroker broker;
  private final Duration longest;
  private final Map<Integer, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();

  GatewayInterceptor(TelemetryInterceptor publishes, EmbeddedBroker broker, Duration longest) {
    this.publishes = publishes;
    this.broker = broker;
    this.longest = longest;
  }

  @Override
  public void onInboundPublish(PublishInboundInput input, PublishInboundOutput output) {
    if (input.getPublishPacket().getQos() != Qos.AT_LEAST_ONCE) {
      publishes.onInboundPublish(input, output);
      return;
    }
    CompletableFuture<Void> done = publishes.take(input, output);
    if (done == null) {
      return;
    }
    if (done.isCompletedExceptionally()) {
      output.preventPublishDelivery(AckReasonCode.UNSPECIFIED_ERROR, "not stored");
      return;
    }
    underWay.put(input.getPublishPacket().getPacketId(), done);
    output.preventPublishDelivery(AckReasonCode.SUCCESS);
  }

  /** Whether every publish was acknowledged. */
  boolean isIdle() {
    return underWay.isEmpty();
  }

  @Override
  public void onOutboundPuback(PubackOutboundInput input, PubackOutboundOutput output) {
    CompletableFuture<Void> done = underWay.remove(input.getPubackPacket().getPacketIdentifier());
    if (done == null || (done.isDone() && !done.isCompletedExceptionally())) {
      return;
    }
    // When its time is over HiveMQ sends the PUBACK as it is: ours has to be over first.
    Async<PubackOutboundOutput> answer = output.async(longest.multipliedBy(2));
    String client = input.getClientInformation().getClientId();
    done.copy()
        .orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (stored, failure) -> {
              if (failure == null) {
                answer.resume();
              } else {
                LOG.debug("{} is disconnected, a publish is not stored: {}", client, failure);
                broker.disconnect(client).whenComplete((gone, trouble) -> answer.resume());
              }
            });
  }
}
