package io.caravanhub.hub.broker;

import com.hivemq.embedded.EmbeddedHiveMQ;
import com.hivemq.mqtt.handler.publish.PublishFlowHandler;
import com.hivemq.mqtt.message.puback.PUBACK;
import com.hivemq.persistence.connection.ConnectionPersistence;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes HiveMQ forget the packet ids that an interceptor has answered. HiveMQ (2025.5) notes a
 * publish of QoS 1 until its PUBACK passes the {@link PublishFlowHandler}; the PUBACK of a publish
 * that an interceptor kept from delivery starts behind that handler, and the note stays. That is 50
 * bytes a message until the ids come round, 3 MB a connection, and a publish sent again under such
 * an id would be taken for one under way and never be answered (MQTT 3.1.1, 4.4). One instance a
 * connection, on its event loop.
 */
final class AnsweredIds extends ChannelOutboundHandlerAdapter {
  private static final Logger LOG = LoggerFactory.getLogger(AnsweredIds.class);
  private static final String NAME = "hub-answered-ids";
  private static final String NOTED = "qos1AlreadySentMap";

  private final Map<?, ?> noted;

  private AnsweredIds(Map<?, ?> noted) {
    this.noted = noted;
  }

  /** Watches over the acknowledgements of a client that has just connected. */
  static void watch(EmbeddedHiveMQ hivemq, String clientId) {
    try {
      // HiveMQ's own list: an extension is not shown the channels of its clients.
      Method injector = hivemq.getClass().getDeclaredMethod("getInjector");
      injector.setAccessible(true);
      ConnectionPersistence connections =
          (ConnectionPersistence)
              injector
                  .getReturnType()
                  .getMethod("getInstance", Class.class)
                  .invoke(injector.invoke(hivemq), ConnectionPersistence.class);
      ChannelPipeline pipeline =
          Objects.requireNonNull(connections.get(clientId), "connection").getChannel().pipeline();
      ChannelHandlerContext flow =
          Objects.requireNonNull(pipeline.context(PublishFlowHandler.class), "flow");
      Field field = PublishFlowHandler.class.getDeclaredField(NOTED);
      field.setAccessible(true);
      Map<?, ?> noted = (Map<?, ?>) Objects.requireNonNull(field.get(flow.handler()), NOTED);
      pipeline.addBefore(flow.name(), NAME, new AnsweredIds(noted));
    } catch (ReflectiveOperationException | RuntimeException e) {
      LOG.debug("The packet ids of {} are not looked after, it may be gone: {}", clientId, e);
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
