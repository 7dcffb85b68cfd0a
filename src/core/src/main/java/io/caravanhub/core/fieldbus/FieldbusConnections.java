package io.caravanhub.core.fieldbus;

import java.util.List;

/** Which devices are to be read. Asked every two seconds; may throw when it cannot tell now. */
public interface FieldbusConnections {
  /** The connections of a protocol, at most one for a device. */
  List<FieldbusConnection> list(String protocol);

  /**
   * Whether devices may be read now, asked several times a second; if not, all of them are let go
   * until the next list. Does not wait.
   */
  default boolean mayRead() {
    return true;
  }
}
