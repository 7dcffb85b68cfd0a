package io.caravanhub.hub.rules;

/** Exchange properties of the rules component. */
public final class RulesConstants {
  /** The detections that the message led to, a list; not there when there are none. */
  public static final String DETECTIONS = "hub-detections";

  private RulesConstants() {}
}
