package io.caravanhub.hub.devicetype;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a type was.
 *
 * @param number counts the type's changes from 1
 * @param author role and subject
 * @param at ISO 8601
 * @param note why, or null
 */
public record TypeVersion(
    DeviceType type, int number, String author, String at, @Nullable String note) {

  /** When it took effect. */
  public Instant moment() {
    return Instant.parse(at);
  }
}
