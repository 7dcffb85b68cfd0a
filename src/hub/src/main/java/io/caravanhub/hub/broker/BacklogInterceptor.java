package io.caravanhub.hub.broker;

import com.hivemq.extension.sdk.api.client.ClientContext;
import com.hivemq.extension.sdk.api.interceptor.publish.PublishInboundInterceptor;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundInput;
import com.hivemq.extension.sdk.api.interceptor.publish.parameter.PublishInboundOutput;
import java.util.concurrent.TimeUnit;

/**
 * Lets a device that has a backlog send it as fast as a gateway would. A device that measures now
 * and then is answered at its PUBLISH, where a failure has a reason code; one whose next publish is
 * there as soon as the last is answered was kept waiting for each commit, and gets a {@link
 * PipelinedPublishes} until it pauses. One instance a connection.
 */
final class BacklogInterceptor implements PublishInboundInterceptor {
  private static final long AT_ONCE_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  private final TelemetryInterceptor publishes;
  private final PipelinedPublishes pipelined;
  private final ClientContext context;
  private volatile long answered = System.nanoTime() - AT_ONCE_NANOS;
  private volatile boolean pipelines;

  BacklogInterceptor(
      TelemetryInterceptor publishes, PipelinedPublishes pipelined, ClientContext context) {
    this.publishes = publishes;
    this.pipelined = pipelined;
    this.context = context;
  }

  @Override
  public void onInboundPublish(PublishInboundInput input, PublishInboundOutput output) {
    if (pipelined.isOver(input)) {
      pipelined.refuse(output);
      return;
    }
    if (System.nanoTime() - answered >= AT_ONCE_NANOS) {
      if (pipelines && pipelined.isIdle()) {
        context.removePubackOutboundInterceptor(pipelined);
        pipelines = false;
      }
      publishes.onInboundPublish(input, output, this::answered);
      return;
    }
    if (!pipelines) {
      // Only while it is needed: it costs each acknowledgement another hop.
      context.addPubackOutboundInterceptor(pipelined);
      pipelines = true;
    }
    pipelined.onInboundPublish(input, output);
    answered();
  }

  private void answered() {
    answered = System.nanoTime();
  }
}
