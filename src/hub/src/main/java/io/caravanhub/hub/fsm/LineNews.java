package io.caravanhub.hub.fsm;

import io.caravanhub.hub.database.Announcements;
import org.springframework.stereotype.Component;

/** A tenant's FSM connection that another hub has changed is looked at anew. */
@Component
final class LineNews {
  LineNews(Announcements announcements, FsmLines lines) {
    announcements.listen("hub_fsm", lines::renew, lines::renew);
  }
}
