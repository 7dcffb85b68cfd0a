package io.caravanhub.hub.devicetype;

import io.caravanhub.hub.registry.Device;

/** A message that is to be split: whose it is, and how. */
public record Parted(Device gateway, Profile profile) {
  /** Exchange property that holds it. */
  public static final String PROPERTY = "hub-parted";
}
