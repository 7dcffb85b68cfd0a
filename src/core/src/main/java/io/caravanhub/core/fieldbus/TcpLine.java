package io.caravanhub.core.fieldbus;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.NoopAddressResolverGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A TCP connection. */
final class TcpLine extends SimpleChannelInboundHandler<ByteBuf> implements ModbusLine {
  private final Channel channel;
  private final Receiver receiver;
  private volatile boolean closed;

  private TcpLine(Channel channel, Receiver receiver) {
    this.channel = channel;
    this.receiver = receiver;
  }

  static CompletableFuture<ModbusLine> open(
      EventLoopGroup loop,
      HostLookup hosts,
      HostAndPort address,
      Duration timeout,
      Receiver receiver) {
    return hosts
        .resolve(address)
        .thenCompose(resolved -> connect(loop, resolved, timeout, receiver));
  }

  private static CompletableFuture<ModbusLine> connect(
      EventLoopGroup loop, InetSocketAddress address, Duration timeout, Receiver receiver) {
    CompletableFuture<ModbusLine> opened = new CompletableFuture<>();
    ChannelFuture connecting =
        new Bootstrap()
            .group(loop)
            .channel(NioSocketChannel.class)
            .resolver(NoopAddressResolverGroup.INSTANCE)
            .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) timeout.toMillis())
            .option(ChannelOption.TCP_NODELAY, true)
            .option(ChannelOption.SO_KEEPALIVE, true)
            .handler(
                new io.netty.channel.ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(new TcpLine(channel, receiver));
                  }
                })
            .connect(address);
    connecting.addListener(
        done -> {
          if (done.isSuccess()) {
            opened.complete(connecting.channel().pipeline().get(TcpLine.class));
          } else {
            opened.completeExceptionally(done.cause());
          }
        });
    return opened;
  }

  @Override
  public void send(byte[] bytes) {
    channel
        .writeAndFlush(Unpooled.wrappedBuffer(bytes))
        .addListener(
            sent -> {
              if (!sent.isSuccess()) {
                ended(sent.cause());
              }
            });
  }

  @Override
  public void close() {
    closed = true;
    channel.close();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
    byte[] bytes = new byte[message.readableBytes()];
    message.readBytes(bytes);
    if (!closed) {
      receiver.received(bytes);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    ended(new IOException("the connection was closed by the device"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    ended(cause);
  }

  private void ended(Throwable why) {
    if (!closed) {
      closed = true;
      channel.close();
      receiver.closed(why);
    }
  }
}
