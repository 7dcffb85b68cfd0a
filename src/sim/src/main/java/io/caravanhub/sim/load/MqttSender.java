package io.caravanhub.sim.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Devices on connections of their own, or all on their gateway's, driven by one event loop. */
final class MqttSender implements Sender {
  /** How many messages may wait in the generator, in seconds of the rate. */
  private static final int WAITING_SECONDS = 5;

  private static final int OPEN_AT_ONCE = 50;
  private static final int OPEN_PATIENCE_SECONDS = 60;

  private final LoadPlan plan;
  private final List<LoadDevice> devices;
  private final Tally tally;
  private final Offering offering;
  private final EventLoopGroup group = new NioEventLoopGroup(1);
  private final List<MqttConnection> connections = new ArrayList<>();
  private final Map<LoadDevice, MqttConnection> byDevice = new HashMap<>();
  private volatile long pending;

  MqttSender(LoadPlan plan, Fleet fleet, Tally tally, Offering offering) {
    this.plan = plan;
    this.devices = fleet.devices();
    this.tally = tally;
    this.offering = offering;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(group)
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .remoteAddress(plan.mqttHost(), plan.mqttPort());
    Map<LoadDevice, String> topics = new HashMap<>();
    String prefix =
        plan.way() == LoadPlan.Way.GATEWAY
            ? "t/default/g/" + fleet.gateway() + "/d/"
            : "t/default/d/";
    devices.forEach(d -> topics.put(d, prefix + d.serial() + "/telemetry"));
    if (plan.way() == LoadPlan.Way.GATEWAY) {
      MqttConnection one =
          new MqttConnection(
              bootstrap, fleet.gateway(), fleet.gatewayToken(), topics::get, plan, tally);
      connections.add(one);
      devices.forEach(d -> byDevice.put(d, one));
    } else {
      for (LoadDevice device : devices) {
        MqttConnection own =
            new MqttConnection(
                bootstrap, device.serial(), device.token(), topics::get, plan, tally);
        connections.add(own);
        byDevice.put(device, own);
      }
    }
  }

  @Override
  public void open() throws InterruptedException {
    CountDownLatch all = new CountDownLatch(1);
    int[] begun = {0};
    ScheduledFuture<?> opening =
        group
            .next()
            .scheduleAtFixedRate(
                () -> {
                  long open = connections.stream().filter(MqttConnection::isOpen).count();
                  while (begun[0] < connections.size() && begun[0] - open < OPEN_AT_ONCE) {
                    connections.get(begun[0]++).connect();
                  }
                  if (open == connections.size()) {
                    all.countDown();
                  }
                },
                0,
                20,
                TimeUnit.MILLISECONDS);
    boolean opened = all.await(OPEN_PATIENCE_SECONDS, TimeUnit.SECONDS);
    opening.cancel(false);
    if (!opened) {
      throw new IllegalStateException(
          "not all of "
              + connections.size()
              + " MQTT connections were let in at "
              + plan.mqttHost()
              + ":"
              + plan.mqttPort()
              + " within "
              + OPEN_PATIENCE_SECONDS
              + " s; see the hub's log");
    }
    tally.reconnects.reset();
  }

  @Override
  public void send() throws InterruptedException {
    Pacer pacer = new Pacer(plan, devices, tally, offering, System.nanoTime());
    CountDownLatch over = new CountDownLatch(1);
    ScheduledFuture<?> ticking =
        group.next().scheduleAtFixedRate(() -> tick(pacer, over), 0, 1, TimeUnit.MILLISECONDS);
    boolean done = offering.await(over::await, plan);
    ticking.cancel(false);
    if (!done) {
      System.err.println(
          "load: gave up waiting for " + pending + " messages after " + plan.drainSeconds() + " s");
    }
  }

  private void tick(Pacer pacer, CountDownLatch over) {
    long due = pacer.due();
    long waits = connections.stream().mapToLong(MqttConnection::pending).sum();
    long room = Math.max(1_000L, (long) plan.rate() * WAITING_SECONDS) - waits;
    if (due > room) {
      pacer.holdBack(due - Math.max(0, room));
      due = Math.max(0, room);
    }
    for (; due > 0; due--) {
      Message message = pacer.next();
      MqttConnection connection = byDevice.get(message.device());
      if (connection != null) {
        connection.offer(message);
      }
    }
    connections.forEach(MqttConnection::flush);
    pending = connections.stream().mapToLong(MqttConnection::pending).sum();
    if (pacer.isOver() && (pending == 0 || plan.qos() == 0)) {
      over.countDown();
    }
  }

  @Override
  public long pending() {
    return pending;
  }

  @Override
  public void close() {
    group.next().execute(() -> connections.forEach(MqttConnection::close));
    group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
