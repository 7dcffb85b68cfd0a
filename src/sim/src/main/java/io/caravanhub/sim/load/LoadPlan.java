package io.caravanhub.sim.load;

import java.net.URI;
import java.nio.file.Path;

/**
 * What to send, where and how.
 *
 * @param http base of the hub's HTTP port, for provisioning, {@code --http} and the comparison
 * @param mqttHost where the broker listens
 * @param mqttPort its port
 * @param home the hub's HUB_HOME: admin token, device tokens of earlier runs, process ids
 * @param way how messages travel
 * @param rate messages a second over all devices; 0 for as many as are taken
 * @param name what the devices' serials begin with
 * @param devices how many devices share the rate
 * @param seconds how long messages are offered
 * @param metrics measurements in a message
 * @param batch readings in an HTTP request
 * @param connections parallel HTTP connections
 * @param window unacknowledged messages a connection may have under way
 * @param qos MQTT quality of service, 0 or 1
 * @param jitter how unevenly messages are spread, 0 (a metronome) to 1
 * @param burstFactor the rate in a burst, as a multiple
 * @param burstEvery seconds from one burst to the next, 0 for none
 * @param burstSeconds how long a burst lasts
 * @param backfill part of the messages that carry old timestamps, 0 to 1
 * @param bad part of the messages that no hub can use, 0 to 1
 * @param drainSeconds how long to wait for what is under way at the end
 * @param compare whether what was acknowledged is looked up in the store at the end
 * @param anonymous whether devices are not registered and give no token, for a broker that is no
 *     hub's
 * @param seed of everything random
 */
public record LoadPlan(
    URI http,
    String mqttHost,
    int mqttPort,
    Path home,
    Way way,
    int rate,
    String name,
    int devices,
    int seconds,
    int metrics,
    int batch,
    int connections,
    int window,
    int qos,
    double jitter,
    double burstFactor,
    int burstEvery,
    int burstSeconds,
    double backfill,
    double bad,
    int drainSeconds,
    boolean compare,
    boolean anonymous,
    long seed) {

  /** Measurements in a message by MQTT, whose payload is in a vendor's shape. */
  public static final int MQTT_METRICS = 3;

  /** How messages travel to the hub. */
  public enum Way {
    /** One MQTT connection for each device, payloads in a vendor's shape that a mapping reads. */
    MQTT,
    /** All devices over one MQTT connection of their gateway. */
    GATEWAY,
    /** POST /api/v1/telemetry/ingest in batches. */
    HTTP
  }

  /** Messages that should have been offered so many seconds after the start. */
  double due(double elapsed) {
    double until = Math.min(elapsed, seconds);
    if (burstEvery == 0) {
      return rate * until;
    }
    double whole = Math.floor(until / burstEvery);
    double inBursts =
        whole * burstSeconds + Math.min(until - whole * burstEvery, (double) burstSeconds);
    return rate * (until + (burstFactor - 1) * inBursts);
  }
}
