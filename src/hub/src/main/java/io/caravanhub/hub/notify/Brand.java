package io.caravanhub.hub.notify;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What a tenant's messages look like.
 *
 * @param name of the sender, for people
 * @param logoUrl an https address of a picture, or empty
 * @param colour {@code #rrggbb}
 * @param language of those who have none of their own
 * @param timeZone the same
 * @param criticalInConsole whether everybody who signs in to the console is told of critical events
 */
record Brand(
    String name,
    @JsonProperty("logo_url") String logoUrl,
    String colour,
    String language,
    @JsonProperty("time_zone") String timeZone,
    @JsonProperty("critical_in_console") boolean criticalInConsole) {
  static final Brand DEFAULT = new Brand("", "", "#0b5cad", "en", "UTC", true);
}
