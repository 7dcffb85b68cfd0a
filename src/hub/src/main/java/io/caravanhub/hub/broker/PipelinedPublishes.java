package io.caravanhub.hub.broker;

import com.hivemq.extension.sdk.api.async.Async;
import com.hivemq.extension.sdk.api.client.parameter.ConnectionInformation;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets one connection have many publishes under way.
 *
 * <p>HiveMQ gives an interceptor one packet of a client at a time, so waiting for the commit at the
 * PUBLISH would make it one message a commit. This one lets the PUBLISH pass and waits at its
 * PUBACK, which leaves the broker when the commit is done: by then the publishes behind it have
 * been taken too. A PUBACK cannot be turned into an error any more (MQTT 5, 3.4.2.1 knows one
 * answer only), so a message that could not be stored ends the connection unacknowledged, and the
 * client sends it again. A gateway has it from the start, a device while it has a backlog. One
 * instance a connection.
 */
final class PipelinedPublishes implements PublishInboundInterceptor, PubackOutboundInterceptor {
  private static final Logger LOG = LoggerFactory.getLogger(PipelinedPublishes.class);

  /** The route takes one of them at most; what is left is for disconnecting again and again. */
  private static final int TIMES_LONGEST = 5;

  /** Where the connection that is to be closed can be found. Thread-safe. */
  interface Connections {
    /**
     * Closes the client's connection and keeps its session, so that the client sends again what was
     * not answered.
     *
     * @return true when it was closed, false when there was none; fails when that is not known
     */
    CompletableFuture<Boolean> disconnect(String clientId);

    /** Whether the hub has not heard of this connection's end. */
    boolean isOpen(ConnectionInformation connection);
  }

  private final TelemetryInterceptor publishes;
  private final Connections connections;
  private final Duration longest;
  private final Map<Integer, CompletableFuture<Void>> underWay = new ConcurrentHashMap<>();
  private volatile @Nullable Async<PubackOutboundOutput> held;
  private volatile boolean over;

  PipelinedPublishes(TelemetryInterceptor publishes, Connections connections, Duration longest) {
    this.publishes = publishes;
    this.connections = connections;
    this.longest = longest;
  }

  @Override
  public void onInboundPublish(PublishInboundInput input, PublishInboundOutput output) {
    if (input.getPublishPacket().getQos() != Qos.AT_LEAST_ONCE) {
      publishes.onInboundPublish(input, output);
      return;
    }
    if (isOver(input)) {
      refuse(output);
      return;
    }
    CompletableFuture<Void> done = publishes.take(input, output);
    if (done == null) {
      return;
    }
    if (done.isCompletedExceptionally()) {
      refuse(output);
      return;
    }
    hold(input.getPublishPacket().getPacketId(), done);
    output.preventPublishDelivery(AckReasonCode.SUCCESS);
  }

  /** Whether nobody is there to be answered any more: the client sends this one again. */
  boolean isOver(PublishInboundInput input) {
    return over && input.getPublishPacket().getQos() == Qos.AT_LEAST_ONCE;
  }

  void refuse(PublishInboundOutput output) {
    output.preventPublishDelivery(publishes.notStored(), "not stored");
  }

  /** Keeps back the PUBACK of this packet until its publish is stored. */
  void hold(int packetId, CompletableFuture<Void> stored) {
    underWay.put(packetId, stored);
  }

  /** Whether every publish was acknowledged. */
  boolean isIdle() {
    return underWay.isEmpty();
  }

  /**
   * To be called when the connection is closed. HiveMQ does one thing of a client at a time, its
   * next login too, and that would wait for every PUBACK that nobody will receive.
   */
  void ended() {
    over = true;
    Async<PubackOutboundOutput> last = held;
    if (last != null) {
      release(last);
    }
  }

  private static void release(Async<PubackOutboundOutput> answer) {
    if (answer.getStatus() == Async.Status.RUNNING) {
      answer.resume();
    }
  }

  @Override
  public void onOutboundPuback(PubackOutboundInput input, PubackOutboundOutput output) {
    CompletableFuture<Void> done = underWay.remove(input.getPubackPacket().getPacketIdentifier());
    if (over || done == null || (done.isDone() && !done.isCompletedExceptionally())) {
      return;
    }
    // When its time is over HiveMQ sends the PUBACK as it is: ours has to be over first.
    Async<PubackOutboundOutput> answer = output.async(longest.multipliedBy(TIMES_LONGEST));
    held = answer;
    if (over) {
      release(answer);
      return;
    }
    String client = input.getClientInformation().getClientId();
    ConnectionInformation connection = input.getConnectionInformation();
    done.copy()
        .orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS)
        .whenComplete(
            (stored, failure) -> {
              if (failure == null) {
                release(answer);
              } else {
                LOG.debug("{} is disconnected, a publish is not stored: {}", client, failure);
                disconnect(client, connection, answer);
              }
            });
  }

  /** Lets the PUBACK go only when nobody is there to receive it. */
  private void disconnect(
      String client, ConnectionInformation connection, Async<PubackOutboundOutput> answer) {
    attempt(client)
        .whenComplete(
            (closed, trouble) -> {
              // Also when there was none to close any more.
              if (trouble == null || !connections.isOpen(connection)) {
                release(answer);
              } else if (answer.getStatus() == Async.Status.RUNNING) {
                LOG.warn("{} could not be disconnected, trying again: {}", client, trouble);
                CompletableFuture.delayedExecutor(longest.toMillis() / 20, TimeUnit.MILLISECONDS)
                    .execute(() -> disconnect(client, connection, answer));
              }
            });
  }

  private CompletableFuture<Boolean> attempt(String client) {
    try {
      return connections.disconnect(client).orTimeout(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
