package io.caravanhub.hub.notify;

import org.jspecify.annotations.Nullable;

/**
 * What a policy wants to be told.
 *
 * @param kind to people, or to other systems
 * @param to the audience of a notification; for a webhook the name of what happened, for instance
 *     {@code prediction.critical}, to which systems subscribe
 * @param template of a notification, or null for the event's own text
 * @param urgent whether quiet hours do not count
 * @param policy that asks for it
 */
public record Announcement(
    Kind kind, String to, @Nullable String template, boolean urgent, String policy) {

  /** To people through their channels; to systems that subscribed. */
  public enum Kind {
    NOTIFICATION,
    WEBHOOK
  }
}
