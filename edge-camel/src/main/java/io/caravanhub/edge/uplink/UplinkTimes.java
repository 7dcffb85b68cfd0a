package io.caravanhub.edge.uplink;

import java.time.Duration;

/**
 * How long the uplink waits for what.
 *
 * @param answer for the hub to answer a batch; then the connection counts as dead
 * @param keepAlive between two signs of life on an idle connection
 * @param shortestBackOff before the first new try
 * @param longestBackOff before later ones
 * @param linger for more live records to travel together
 * @param clockEvery between two measurements of the clock
 * @param clockAnswer for the hub to answer one question about its clock
 * @param healthEvery between two health messages
 * @param mqttAgain between two looks whether MQTT works again
 * @param mqttTries failures in a row before HTTPS is taken
 * @param floorLag how long a number stays above the floor after it was deleted
 */
record UplinkTimes(
    Duration answer,
    Duration keepAlive,
    Duration shortestBackOff,
    Duration longestBackOff,
    Duration linger,
    Duration clockEvery,
    Duration clockAnswer,
    Duration healthEvery,
    Duration mqttAgain,
    int mqttTries,
    Duration floorLag) {

  static final UplinkTimes DEFAULT =
      new UplinkTimes(
          Duration.ofSeconds(30),
          Duration.ofSeconds(20),
          Duration.ofSeconds(1),
          Duration.ofSeconds(60),
          Duration.ofMillis(100),
          Duration.ofMinutes(5),
          Duration.ofSeconds(3),
          Duration.ofSeconds(30),
          Duration.ofMinutes(1),
          3,
          Duration.ofMinutes(1));
}
