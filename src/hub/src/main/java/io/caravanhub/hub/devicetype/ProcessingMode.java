package io.caravanhub.hub.devicetype;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How the messages of a type's devices are taken apart. */
public enum ProcessingMode {
  /** A message is of the device that sent it. */
  ENDPOINT,
  /** A message holds readings of many virtual devices. */
  GATEWAY,
  /** As a gateway's, and comes in several chunks. */
  GATEWAY_CHUNKED,
  /** A message holds readings of the ports that the type names. */
  RTU_MULTIPORT;

  /** The name it has in files, calls and the database. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The mode of this name. */
  public static Optional<ProcessingMode> of(String label) {
    return Stream.of(values()).filter(mode -> mode.label().equals(label)).findFirst();
  }

  /** Whether a message is split among virtual devices. */
  public boolean isParted() {
    return this != ENDPOINT;
  }
}
