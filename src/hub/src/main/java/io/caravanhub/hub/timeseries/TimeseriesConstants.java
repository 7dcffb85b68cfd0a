package io.caravanhub.hub.timeseries;

import org.apache.camel.spi.Metadata;

/** Headers of the timeseries component. */
public final class TimeseriesConstants {
  @Metadata(
      description = "How many messages of the body were stored, at least in part.",
      javaType = "Integer")
  public static final String STORED = "hub-stored";

  @Metadata(
      description = "How many messages of the body were in the store already, whole.",
      javaType = "Integer")
  public static final String DUPLICATES = "hub-duplicates";

  private TimeseriesConstants() {}
}
