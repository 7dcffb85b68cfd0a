package io.caravanhub.sim.load;

import java.net.URI;
import java.nio.file.Path;

/** Plans for tests: small ones, everything even, unless said otherwise. */
final class Plans {
  private URI http = URI.create("http://127.0.0.1:1");
  private int mqttPort = 1;
  private Path home = Path.of(".");
  private LoadPlan.Way way = LoadPlan.Way.HTTP;
  private int rate = 100;
  private int devices = 3;
  private int seconds = 10;
  private int metrics = 3;
  private double jitter;
  private double burst = 1;
  private double backfill;
  private double bad;

  Plans hub(HubStandIn hub, Path folder) {
    http = hub.base();
    home = folder;
    return this;
  }

  Plans mqtt(int port) {
    way = LoadPlan.Way.MQTT;
    mqttPort = port;
    return this;
  }

  Plans rate(int value) {
    rate = value;
    return this;
  }

  Plans devices(int value) {
    devices = value;
    return this;
  }

  Plans seconds(int value) {
    seconds = value;
    return this;
  }

  Plans metrics(int value) {
    metrics = value;
    return this;
  }

  Plans jitter(double value) {
    jitter = value;
    return this;
  }

  Plans burst(double value) {
    burst = value;
    return this;
  }

  Plans backfill(double value) {
    backfill = value;
    return this;
  }

  Plans bad(double value) {
    bad = value;
    return this;
  }

  LoadPlan plan() {
    return new LoadPlan(
        http,
        "127.0.0.1",
        mqttPort,
        home,
        way,
        rate,
        "T",
        devices,
        seconds,
        metrics,
        30,
        2,
        10,
        1,
        jitter,
        burst,
        burst > 1 ? 10 : 0,
        2,
        backfill,
        bad,
        10,
        true,
        false,
        1);
  }
}
