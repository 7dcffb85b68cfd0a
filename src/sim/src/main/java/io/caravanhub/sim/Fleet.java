package io.caravanhub.sim;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.net.URI;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the plant's devices report and how they prove who they are; read from the fleet file.
 *
 * @param hubUrl base URL of the hub, for instance {@code http://127.0.0.1:8080}
 * @param mqttHost host of the MQTT broker; absent: 127.0.0.1
 * @param mqttPort port of the MQTT broker
 * @param tenant tenant of all devices; absent: {@code default}
 * @param tokens device token by serial
 * @param webhookSecret secret shared between the Kestrel cloud and the hub
 */
@JsonIgnoreProperties(ignoreUnknown = true)
record Fleet(
    URI hubUrl,
    @Nullable String mqttHost,
    int mqttPort,
    @Nullable String tenant,
    Map<String, String> tokens,
    String webhookSecret) {

  @Override
  public String mqttHost() {
    return mqttHost == null ? "127.0.0.1" : mqttHost;
  }

  @Override
  public String tenant() {
    return tenant == null ? "default" : tenant;
  }

  URI hook(String oem) {
    return hubUrl.resolve("/hooks/" + tenant() + "/" + oem);
  }

  /** The token of a device; a device without one is refused by the broker, which is told. */
  String token(String serial) {
    return tokens.getOrDefault(serial, "");
  }
}
