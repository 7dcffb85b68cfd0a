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
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds back the acknowledgement of a publish until its route is done. HiveMQ runs interceptors
 * before its own authorization, so the rights are checked here. It answers an interceptor that
 * timed out, or threw, with success unless told otherwise; and delivery can be prevented only once,
 * so that happens at the end.
 */
final class TelemetryInterceptor implements PublishInboundInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(TelemetryInterceptor.class);

  private final RefusalLog refusals = new RefusalLog(LOG);
  private final Gatekeeper gatekeeper;
  private final EmbeddedBroker broker;
  private final Duration longest;
  private final QosTwo releases;

  TelemetryInterceptor(Gatekeeper gatekeeper, EmbeddedBroker broker, Duration longest) {
    this.gatekeeper = gatekeeper;
    this.broker = broker;
    this.longest = longest;
    this.releases = new QosTwo(broker, longest);
  }

  @Override
  public void onInboundPublish(PublishInboundInput input, PublishInboundOutput output) {
    onInboundPublish(input, output, () -> {});
  }

  /** Tells when the publish is answered for. */
  void onInboundPublish(PublishInboundInput input, PublishInboundOutput output, Runnable answered) {
    CompletableFuture<Void> done = take(input, output);
    if (done != null) {
      Async<PublishInboundOutput> answer =
          output.async(
              longest,
              TimeoutFallback.FAILURE,
              AckReasonCode.UNSPECIFIED_ERROR,
              "not stored in time");
      String topic = input.getPublishPacket().getTopic();
      done.whenComplete(
          (stored, failure) -> {
            settle(answer, topic, failure);
            answered.run();
          });
    }
  }

  /** For a connection that has many publishes under way. */
  PipelinedPublishes pipelined() {
    return new PipelinedPublishes(this, broker.sessions(), longest);
  }

  /**
   * Hands the publish to its route.
   *
   * @return completes when it may be acknowledged; null when it was refused, which the output then
   *     says
   */
  @Nullable CompletableFuture<Void> take(PublishInboundInput input, PublishInboundOutput output) {
    PublishPacket packet = input.getPublishPacket();
    String topic = packet.getTopic();
    String[] levels = topic.split("/", -1);
    Optional<HubPrincipal> caller = BrokerExtension.caller(input.getConnectionInformation());
    Optional<String> device;
    try {
      device = caller.flatMap(c -> gatekeeper.speaksFor(c, levels));
    } catch (RuntimeException e) {
      LOG.warn("The rights to {} cannot be checked now: {}", shown(topic), e.getMessage());
      releases.failed(input);
      output.preventPublishDelivery(notStored(), "not stored");
      return null;
    }
    if (caller.isEmpty() || device.isEmpty()) {
      refusals.say("Refused a publish to {}: not this user's topic", topic);
      releases.failed(input);
      output.preventPublishDelivery(AckReasonCode.NOT_AUTHORIZED, "not your topic");
      return null;
    }
    EmbeddedBroker.Publish publish =
        new EmbeddedBroker.Publish(topic, caller.get().tenant(), device.get(), bytes(packet));
    return releases.watched(input, dispatched(levels, publish));
  }

  private CompletableFuture<Void> dispatched(String[] levels, EmbeddedBroker.Publish publish) {
    try {
      return broker.dispatch(levels, publish);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** That nothing is wrong with the publish where the hub is only about to stop (MQTT 5, 2.4). */
  AckReasonCode notStored() {
    return broker.isServing() ? AckReasonCode.UNSPECIFIED_ERROR : AckReasonCode.QUOTA_EXCEEDED;
  }

  private static String shown(String topic) {
    return topic.replaceAll("\\p{Cntrl}", "?");
  }

  private void settle(
      Async<PublishInboundOutput> answer, String topic, @Nullable Throwable failure) {
    if (answer.getStatus() != Async.Status.RUNNING) {
      return;
    }
    try {
      if (failure == null) {
        answer.getOutput().preventPublishDelivery(AckReasonCode.SUCCESS);
      } else {
        LOG.debug("A publish to {} is not acknowledged: {}", topic, failure.getMessage());
        answer.getOutput().preventPublishDelivery(notStored(), "not stored");
      }
    } finally {
      answer.resume();
    }
  }

  static byte[] bytes(PublishPacket packet) {
    ByteBuffer payload = packet.getPayload().orElse(ByteBuffer.allocate(0));
    byte[] bytes = new byte[payload.remaining()];
    payload.get(bytes);
    return bytes;
  }
}
