package io.caravanhub.hub.broker;

import org.apache.camel.spi.Metadata;

/**
 * Headers of the broker component, besides those of {@link
 * io.caravanhub.core.telemetry.TelemetryHeaders}.
 */
public final class BrokerConstants {
  @Metadata(description = "The topic of the message.", javaType = "String")
  public static final String TOPIC = "hub-topic";

  private BrokerConstants() {}
}
