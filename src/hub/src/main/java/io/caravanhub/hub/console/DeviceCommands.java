package io.caravanhub.hub.console;

import io.caravanhub.hub.gatewayconfig.GatewayPoints;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The commands of a device, and which it can be given.
 *
 * @param gateway through which they go, or null when it is behind none
 * @param known what the gateway lets be written, or null when the hub does not know
 * @param lines the last ones, newest first
 * @param inUse false when it is decommissioned
 */
public record DeviceCommands(
    @Nullable GatewayLine gateway,
    GatewayPoints.@Nullable Known known,
    List<CommandLine> lines,
    boolean inUse) {

  /** Why it can be given none, in a sentence, or null when it can. */
  public @Nullable String closed() {
    if (!inUse) {
      return "It is decommissioned and takes no commands.";
    }
    if (gateway == null) {
      return "Commands go to devices behind a gateway, and this one is behind none: the hub itself"
          + " writes to no device.";
    }
    if (known != null && !known.writes()) {
      return "Nothing can be written: its connection in version "
          + known.version()
          + " of the gateway's configuration does not say writes: true.";
    }
    if (known != null && known.points().isEmpty()) {
      return "Nothing can be written: no point of its map " + known.map() + " says writable: true.";
    }
    return null;
  }
}
