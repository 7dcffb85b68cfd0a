package io.caravanhub.hub.notify;

import java.util.List;
import java.util.UUID;

/**
 * What became of an announcement.
 *
 * @param planned the messages that will be sent
 * @param reason one sentence for people: to whom, or why to nobody
 * @param again whether it could not be planned now, and is to be announced again
 */
public record Announced(List<UUID> planned, String reason, boolean again) {
  public Announced {
    planned = List.copyOf(planned);
  }

  public Announced(List<UUID> planned, String reason) {
    this(planned, reason, false);
  }
}
