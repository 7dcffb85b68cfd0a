package io.caravanhub.sim;

import io.caravanhub.sim.device.Link;
import io.caravanhub.sim.device.SendQueue;
import io.caravanhub.sim.mqtt.AeroTopPayload;
import io.caravanhub.sim.mqtt.FlowMatePayload;
import io.caravanhub.sim.mqtt.Mqtt3Link;
import io.caravanhub.sim.mqtt.Mqtt5Link;
import io.caravanhub.sim.mqtt.MqttAccess;
import io.caravanhub.sim.oem.KestrelPayload;
import io.caravanhub.sim.oem.WebhookLink;
import io.caravanhub.sim.plant.Plant;
import io.caravanhub.sim.plant.Pump;
import io.caravanhub.sim.plant.RooftopUnit;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The devices of the plant that report by themselves: RTU-2 and PUMP-2 over MQTT, RTU-3 through its
 * maker's cloud.
 */
final class PlantDevices implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PlantDevices.class);

  /** An hour of readings at the default pace. */
  private static final int KEPT_MESSAGES = 3600;

  private final ScheduledExecutorService pace = Executors.newSingleThreadScheduledExecutor();
  private final List<SendQueue> queues = new ArrayList<>();
  private final Plant plant;
  private final Duration interval;
  private final Clock clock;

  PlantDevices(Plant plant, Fleet fleet, Duration interval, Clock clock) {
    this.plant = plant;
    this.interval = interval;
    this.clock = clock;

    RooftopUnit halden = plant.unit("RTU-2");
    AeroTopPayload aeroTop = new AeroTopPayload(halden.serial());
    report(
        halden.serial(),
        new Mqtt5Link(access(fleet, halden.serial())),
        at -> aeroTop.encode(halden.reading(), at));

    Pump brisk = plant.pump("PUMP-2");
    FlowMatePayload flowMate = new FlowMatePayload(brisk.serial());
    report(
        brisk.serial(),
        new Mqtt3Link(access(fleet, brisk.serial())),
        at -> flowMate.encode(brisk.reading(), at));

    RooftopUnit kestrel = plant.unit("RTU-3");
    KestrelPayload cloud = new KestrelPayload(kestrel.serial());
    report(
        kestrel.serial(),
        new WebhookLink(fleet.hook("kestrel"), fleet.webhookSecret(), clock),
        at -> cloud.encode(kestrel.reading(), at));
  }

  private interface Payload {
    byte[] encode(Instant at) throws Exception;
  }

  private void report(String serial, Link link, Payload payload) {
    SendQueue queue = new SendQueue(serial, link, KEPT_MESSAGES);
    queues.add(queue);
    var unused =
        pace.scheduleAtFixedRate(
            () -> report(serial, queue, payload), 0, interval.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void report(String serial, SendQueue queue, Payload payload) {
    try {
      if (!plant.silent(serial)) {
        queue.offer(payload.encode(clock.instant()));
      }
    } catch (Exception e) {
      log.error("{}: cannot report", serial, e);
    }
  }

  private static MqttAccess access(Fleet fleet, String serial) {
    return new MqttAccess(
        fleet.mqttHost(), fleet.mqttPort(), fleet.tenant(), serial, fleet.token(serial));
  }

  @Override
  public void close() {
    pace.shutdownNow();
    queues.forEach(SendQueue::close);
  }
}
