package io.caravanhub.hub.notify;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A person who is told.
 *
 * @param role by which audiences name them, or empty
 * @param language empty for the tenant's
 * @param timeZone empty for the tenant's
 * @param addresses by kind of channel
 * @param digest none, hourly or daily
 * @param digestAt of a daily digest, in the recipient's zone
 * @param most messages over one channel within the hub's window, or null for its default
 */
record Recipient(
    UUID id,
    String name,
    String role,
    String language,
    String timeZone,
    Map<String, String> addresses,
    List<QuietHours> quiet,
    String digest,
    LocalTime digestAt,
    @Nullable Integer most,
    boolean enabled) {

  String languageOr(Brand brand) {
    return language.isEmpty() ? brand.language() : language;
  }

  ZoneId zoneOr(Brand brand) {
    return ZoneId.of(timeZone.isEmpty() ? brand.timeZone() : timeZone);
  }

  /** When a message that is not urgent goes out, if it is written now; the same time for now. */
  Instant goesOut(Instant now, Brand brand) {
    ZoneId zone = zoneOr(brand);
    ZonedDateTime here = now.atZone(zone);
    Instant at =
        switch (digest) {
          case "hourly" -> here.truncatedTo(ChronoUnit.HOURS).plus(Duration.ofHours(1)).toInstant();
          case "daily" -> {
            ZonedDateTime today = here.with(digestAt);
            yield (today.isAfter(here) ? today : here.plusDays(1).with(digestAt)).toInstant();
          }
          default -> now;
        };
    return QuietHours.end(quiet, at, zone);
  }
}
