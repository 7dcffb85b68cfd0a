package io.caravanhub.hub.rules;

import org.apache.camel.spi.Metadata;

/** Headers of the rules component. */
public final class RulesConstants {
  /** How many detections the message led to. */
  @Metadata(description = "The number of detections in the body.", javaType = "int")
  public static final String DETECTIONS = "hub-detections";

  private RulesConstants() {}
}
