package io.caravanhub.core.mqtt;

import org.apache.camel.spi.Metadata;

/** Headers of the component mqtt-in. */
public final class MqttInConstants {
  /** The same as that of camel-paho-mqtt5, so that a route can be moved from one to the other. */
  @Metadata(description = "The topic of the message.", javaType = "String")
  public static final String TOPIC = "CamelMqttTopic";

  private MqttInConstants() {}
}
