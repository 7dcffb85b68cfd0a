package io.caravanhub.hub.notify;

import io.caravanhub.hub.event.RecordedEvent;

/** Plans messages inside the transaction of the event that they are about. Thread-safe. */
public interface Announcer {

  /**
   * Plans what is announced; the same announcement of the same event again plans nothing new. What
   * ails the announcing is told in the answer and costs the event nothing.
   */
  Announced announce(RecordedEvent event, Announcement announcement);
}
