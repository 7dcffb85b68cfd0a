package io.caravanhub.core.fieldbus;

import io.caravanhub.core.telemetry.TelemetryHeaders;
import org.apache.camel.spi.Metadata;

/** Headers of the fieldbus component. */
public final class FieldbusConstants {
  @Metadata(label = "consumer", description = "Id of the tenant.", javaType = "String")
  public static final String TENANT = TelemetryHeaders.TENANT;

  @Metadata(label = "consumer", description = "The device that was read.", javaType = "String")
  public static final String DEVICE = TelemetryHeaders.DEVICE;

  @Metadata(label = "consumer", description = "modbus or opcua.", javaType = "String")
  public static final String SOURCE = TelemetryHeaders.SOURCE;

  @Metadata(
      label = "consumer",
      description = "When the device had answered, epoch milliseconds as text.",
      javaType = "String")
  public static final String RECEIVED = TelemetryHeaders.RECEIVED;

  @Metadata(
      label = "consumer",
      description = "event for what a device says of its alarms; absent for readings.",
      javaType = "String")
  public static final String KIND = TelemetryHeaders.KIND;

  private FieldbusConstants() {}
}
