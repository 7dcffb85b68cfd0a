package io.caravanhub.sim.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.mqtt.MqttConnAckMessage;
import io.netty.handler.codec.mqtt.MqttConnectReturnCode;
import io.netty.handler.codec.mqtt.MqttDecoder;
import io.netty.handler.codec.mqtt.MqttEncoder;
import io.netty.handler.codec.mqtt.MqttFixedHeader;
import io.netty.handler.codec.mqtt.MqttMessage;
import io.netty.handler.codec.mqtt.MqttMessageBuilders;
import io.netty.handler.codec.mqtt.MqttMessageIdVariableHeader;
import io.netty.handler.codec.mqtt.MqttMessageType;
import io.netty.handler.codec.mqtt.MqttProperties;
import io.netty.handler.codec.mqtt.MqttPubReplyMessageVariableHeader;
import io.netty.handler.codec.mqtt.MqttPublishMessage;
import io.netty.handler.codec.mqtt.MqttPublishVariableHeader;
import io.netty.handler.codec.mqtt.MqttQoS;
import io.netty.handler.codec.mqtt.MqttVersion;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One MQTT 5 connection that keeps what is not acknowledged and sends it again after an error or a
 * lost connection, as a careful device does. Everything happens on its event loop.
 */
final class MqttConnection {
  private static final int PACKET_IDS = 65_535;
  private static final int KEEP_ALIVE_SECONDS = 120;
  private static final int WELCOME_SECONDS = 15;
  private static final int RETRY_MILLIS = 200;

  /** MQTT 5, 2.4: from here on a reason code is an error. */
  private static final int ERRORS_FROM = 0x80;

  private static final int NOT_AUTHORIZED = 0x87;

  private final Bootstrap bootstrap;
  private final String user;
  private final String token;
  private final Function<LoadDevice, String> topic;
  private final MqttQoS qos;
  private final Tally tally;
  private final ArrayDeque<Message> waiting = new ArrayDeque<>();
  private final IntObjectMap<Message> underWay = new IntObjectHashMap<>();
  private final int wantedWindow;
  private @Nullable Channel channel;
  private boolean open;
  private boolean closing;
  private int window;
  private int packetId;
  private int postponed;
  private boolean unflushed;

  /**
   * A connection that is not open yet.
   *
   * @param bootstrap has group, channel and address
   * @param user of the device or gateway
   * @param topic where a device's messages go
   */
  MqttConnection(
      Bootstrap bootstrap,
      String user,
      String token,
      Function<LoadDevice, String> topic,
      LoadPlan plan,
      Tally tally) {
    this.bootstrap = bootstrap;
    this.user = user;
    this.token = token;
    this.topic = topic;
    this.qos = MqttQoS.valueOf(plan.qos());
    this.wantedWindow = plan.window();
    this.tally = tally;
  }

  void connect() {
    bootstrap
        .clone()
        .handler(
            new ChannelInitializer<SocketChannel>() {
              @Override
              protected void initChannel(SocketChannel socket) {
                socket.pipeline().addLast(new MqttDecoder(), MqttEncoder.INSTANCE, new Inbound());
              }
            })
        .connect()
        .addListener(
            connected -> {
              if (!connected.isSuccess()) {
                connectAgain();
              }
            });
  }

  private void connectAgain() {
    if (!closing) {
      tally.reconnects.increment();
      bootstrap
          .config()
          .group()
          .next()
          .schedule(
              this::connect, 200 + ThreadLocalRandom.current().nextInt(800), TimeUnit.MILLISECONDS);
    }
  }

  boolean isOpen() {
    return open;
  }

  /** Messages neither acknowledged nor given up. */
  int pending() {
    return waiting.size() + underWay.size() + postponed;
  }

  void offer(Message message) {
    waiting.add(message);
    send();
  }

  private void send() {
    Channel to = channel;
    while (open && to != null && underWay.size() < window && !waiting.isEmpty()) {
      Message message = waiting.remove();
      byte[] payload =
          message.isBad() ? Payloads.bad() : Payloads.vendor(message.device(), message.number());
      int id = qos == MqttQoS.AT_MOST_ONCE ? 0 : nextPacketId();
      ByteBuf body = Unpooled.wrappedBuffer(payload);
      to.write(
          new MqttPublishMessage(
              new MqttFixedHeader(MqttMessageType.PUBLISH, false, qos, false, 0),
              new MqttPublishVariableHeader(
                  topic.apply(message.device()), id, MqttProperties.NO_PROPERTIES),
              body));
      unflushed = true;
      if (qos != MqttQoS.AT_MOST_ONCE) {
        underWay.put(id, message);
      }
    }
  }

  /** Hands what was written to the network, many messages at once. */
  void flush() {
    if (unflushed && channel != null) {
      unflushed = false;
      channel.flush();
    }
  }

  private int nextPacketId() {
    do {
      packetId = packetId % PACKET_IDS + 1;
    } while (underWay.containsKey(packetId));
    return packetId;
  }

  void close() {
    closing = true;
    if (channel != null) {
      channel.close();
    }
  }

  private void acknowledged(int id, int reason, EventLoop loop) {
    Message message = underWay.remove(id);
    if (message == null) {
      return;
    }
    if (reason < ERRORS_FROM) {
      message.settle(tally);
    } else if (reason == NOT_AUTHORIZED) {
      tally.refused.increment();
    } else {
      tally.sentAgain.increment();
      postponed++;
      loop.schedule(
          () -> {
            postponed--;
            offer(message);
          },
          RETRY_MILLIS,
          TimeUnit.MILLISECONDS);
    }
    send();
  }

  private void lost() {
    open = false;
    channel = null;
    List<Message> again = new ArrayList<>(underWay.values());
    again.sort(Comparator.comparingLong(Message::due).reversed());
    underWay.clear();
    for (Message message : again) {
      waiting.addFirst(message);
      tally.sentAgain.increment();
    }
    connectAgain();
  }

  private final class Inbound extends SimpleChannelInboundHandler<MqttMessage> {
    @Override
    public void channelActive(ChannelHandlerContext context) {
      channel = context.channel();
      // A broker that is just starting or ending may take the connection and never answer.
      context
          .executor()
          .schedule(
              () -> {
                if (channel == context.channel() && !open) {
                  context.close();
                }
              },
              WELCOME_SECONDS,
              TimeUnit.SECONDS);
      context.writeAndFlush(
          MqttMessageBuilders.connect()
              .protocolVersion(MqttVersion.MQTT_5)
              .clientId("load-" + user)
              .username(user)
              .password(token.getBytes(java.nio.charset.StandardCharsets.UTF_8))
              .hasUser(true)
              .hasPassword(true)
              .cleanSession(true)
              .keepAlive(KEEP_ALIVE_SECONDS)
              .build());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, MqttMessage message) {
      MqttFixedHeader header = message.fixedHeader();
      if (header == null) {
        context.close();
        return;
      }
      switch (header.messageType()) {
        case CONNACK -> welcomed((MqttConnAckMessage) message, context);
        case PUBACK -> {
          MqttMessageIdVariableHeader id = (MqttMessageIdVariableHeader) message.variableHeader();
          int reason =
              id instanceof MqttPubReplyMessageVariableHeader reply
                  ? Byte.toUnsignedInt(reply.reasonCode())
                  : 0;
          acknowledged(id.messageId(), reason, context.channel().eventLoop());
        }
        case DISCONNECT -> context.close();
        default -> {}
      }
    }

    private void welcomed(MqttConnAckMessage answer, ChannelHandlerContext context) {
      if (answer.variableHeader().connectReturnCode()
          != MqttConnectReturnCode.CONNECTION_ACCEPTED) {
        context.close();
        return;
      }
      MqttProperties.MqttProperty<?> allowed =
          answer
              .variableHeader()
              .properties()
              .getProperty(MqttProperties.MqttPropertyType.RECEIVE_MAXIMUM.value());
      window =
          Math.min(
              wantedWindow,
              allowed != null && allowed.value() instanceof Integer most ? most : PACKET_IDS);
      open = true;
      keepAlive(context);
      send();
      flush();
    }

    private void keepAlive(ChannelHandlerContext context) {
      context
          .executor()
          .scheduleAtFixedRate(
              () -> {
                if (context.channel().isActive()) {
                  context.writeAndFlush(MqttMessage.PINGREQ);
                }
              },
              KEEP_ALIVE_SECONDS / 2,
              KEEP_ALIVE_SECONDS / 2,
              TimeUnit.SECONDS);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      flush();
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      lost();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      context.close();
    }
  }
}
