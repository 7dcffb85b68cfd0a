package io.caravanhub.core.mapping;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import org.apache.camel.spi.Metadata;

/** Headers of the mapping component. */
public final class MappingConstants {
  @Metadata(
      label = "producer",
      description =
          "Name of the mapping to apply, when the endpoint's name is device or dynamic is true.",
      javaType = "String")
  public static final String MAPPING = TelemetryHeaders.MAPPING;

  @Metadata(
      label = "producer",
      description = "The device as the sender names it; bound to $device.",
      javaType = "String")
  public static final String DEVICE = TelemetryHeaders.DEVICE;

  @Metadata(label = "producer", description = "The tenant; bound to $tenant.", javaType = "String")
  public static final String TENANT = TelemetryHeaders.TENANT;

  @Metadata(
      label = "producer",
      description = "When the message was received, epoch milliseconds; bound to $received.",
      javaType = "String")
  public static final String RECEIVED = TelemetryHeaders.RECEIVED;

  @Metadata(
      label = "producer",
      description = "Set by the component: the version of the mapping that was applied.",
      javaType = "String")
  public static final String VERSION = "hub-mapping-version";

  @Metadata(
      label = "producer",
      description =
          "Set by the component: what the catalogue knows the applied version by; absent when it"
              + " keeps no versions.",
      javaType = "Integer")
  public static final String VERSION_ID = "hub-mapping-id";

  private MappingConstants() {}
}
