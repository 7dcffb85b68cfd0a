package io.caravanhub.sim.mqtt;

import java.nio.charset.StandardCharsets;

/**
 * What a device needs to publish.
 *
 * @param host of the broker
 * @param port of the broker
 * @param tenant the device belongs to
 * @param serial of the device, its user name as well
 * @param token its password
 */
public record MqttAccess(String host, int port, String tenant, String serial, String token) {

  String topic() {
    return "t/" + tenant + "/d/" + serial + "/telemetry";
  }

  String clientId() {
    return tenant + "-" + serial;
  }

  byte[] password() {
    return token.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return serial + "@" + host + ":" + port;
  }
}
