package io.caravanhub.hub.console;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of the inbox: an event, or a problem of an asset with all its events.
 *
 * @param key of the line
 * @param lead the event itself; of a problem the worst, and of those the newest
 * @param ids of all its events, newest first, at most {@value #MOST}
 * @param count of all its events
 * @param since when the oldest of them was opened
 * @param newest when the newest of them was opened
 * @param active whether the condition of one of them still holds
 * @param shelvedUntil when the lead comes back, or null
 */
public record InboxRow(
    String key,
    EventLine lead,
    List<String> ids,
    int count,
    Instant since,
    Instant newest,
    boolean active,
    @Nullable Instant shelvedUntil) {
  static final int MOST = 500;

  /** The ids, separated by spaces. */
  public String idList() {
    return String.join(" ", ids);
  }
}
