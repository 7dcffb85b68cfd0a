package io.caravanhub.core.fieldbus;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one poll of one device brought; the body of one exchange.
 *
 * @param connection whose it is
 * @param at when the values came about: when the answer was complete, or what the device says
 * @param received when they were received
 * @param readings one for each point, or for those that changed
 */
record Poll(FieldbusConnection connection, Instant at, Instant received, List<Reading> readings)
    implements DeviceMessage {
  /** Values as of when they were received. */
  Poll(FieldbusConnection connection, Instant at, List<Reading> readings) {
    this(connection, at, at, readings);
  }

  @Override
  public byte[] body() {
    return PollJson.write(this);
  }

  @Override
  public @Nullable String kind() {
    return null;
  }
}
