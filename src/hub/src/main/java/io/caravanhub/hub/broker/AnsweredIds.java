package io.caravanhub.hub.broker;

import com.hivemq.mqtt.handler.publish.PublishFlowHandler;
import com.hivemq.mqtt.message.puback.PUBACK;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import java.lang.reflect.Field;
import java.util.Map;
import java.util.Objects;

/**
 * Makes HiveMQ forget the packet ids that an interceptor has answered. HiveMQ (2025.5) notes a
 * publish of QoS 1 until its PUBACK passes the {@link PublishFlowHandler}; the PUBACK of a publish
 * that an interceptor kept from delivery starts behind that handler, and the note stays. That is 50
 * bytes a message until the ids come round, 3 MB a connection, and a publish sent again under such
 * an id would be taken for one under way and never be answered (MQTT 3.1.1, 4.4). One instance a
 * connection, on its event loop.
 */
final class AnsweredIds extends ChannelOutboundHandlerAdapter {
  private static final String NAME = "hub-answered-ids";
  private static final String NOTED = "qos1AlreadySentMap";

  private final Map<?, ?> noted;

  private AnsweredIds(Map<?, ?> noted) {
    this.noted = noted;
  }

  /** Watches over the acknowledgements of a connection that has just been made. */
  static void watch(Channel channel) {
    ChannelPipeline pipeline = channel.pipeline();
    ChannelHandlerContext flow = pipeline.context(PublishFlowHandler.class);
    if (flow == null || pipeline.get(NAME) != null) {
      return;
    }
    try {
      Field field = PublishFlowHandler.class.getDeclaredField(NOTED);
      field.setAccessible(true);
      Map<?, ?> noted = (Map<?, ?>) Objects.requireNonNull(field.get(flow.handler()), NOTED);
      pipeline.addBefore(flow.name(), NAME, new AnsweredIds(noted));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this version of HiveMQ notes packet ids elsewhere", e);
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof PUBACK puback) {
      noted.remove(puback.getPacketIdentifier());
    }
    context.write(message, promise);
  }
}
