package io.caravanhub.hub.notify;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A way to reach people.
 *
 * @param settings what is no secret
 * @param credentials sealed, or null
 * @param failures in a row
 * @param restUntil until when nothing is tried, or null
 */
record Channel(
    UUID id,
    String tenant,
    ChannelKind kind,
    String name,
    boolean enabled,
    Map<String, String> settings,
    byte @Nullable [] credentials,
    int failures,
    @Nullable Instant restUntil,
    @Nullable Instant lastSuccess,
    @Nullable String lastError) {

  /** To whom the credentials belong, so that they open nowhere else. */
  String owner() {
    return tenant + "/notification-channel/" + id;
  }

  String language(Brand brand) {
    return settings.getOrDefault("language", brand.language());
  }

  ZoneId zone(Brand brand) {
    return ZoneId.of(settings.getOrDefault("time_zone", brand.timeZone()));
  }
}
